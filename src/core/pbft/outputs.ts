/** What the inputs of a turn lead to, collected until it is drained. */
import type { Committed, ControlOutcome, Frame, LogRecord, MachineEvent, ReceivedSnapshot, RefusedProposal, SafeReads, Tentative } from '../machine'

/** A statement of this replica that counts here once the write that it rides on is durable. */
export interface OwnStatement {
  readonly kind: 'pre-prepare' | 'prepare' | 'commit' | 'view-change' | 'new-view'
  readonly view: number
  readonly sequence: number
  readonly digest: Uint8Array
  readonly signature: Uint8Array
}

/** What a record is needed for: a sequence number until it is stable, or the newest of its sort until a snapshot carries it on. */
export type RecordNeed = number | 'view' | 'stable'

export interface WriteCompletion {
  readonly own: readonly OwnStatement[]
  readonly needs: readonly RecordNeed[]
  /** The stable checkpoint whose certificate is durable with it. */
  readonly stable: number
}

export class Outputs {
  send: Frame[] = []
  records: LogRecord[] = []
  needs: RecordNeed[] = []
  thenSend: Frame[] = []
  own: OwnStatement[] = []
  undoTentative = false
  install: ReceivedSnapshot | null = null
  apply: Committed[] = []
  isCheckpointDue = false
  refused: RefusedProposal[] = []
  safeReads: SafeReads[] = []
  droppedReads: number[] = []
  controls: { readonly token: number; readonly outcome: ControlOutcome }[] = []
  events: MachineEvent[] = []
  tentative: Tentative | null = null

  record(record: LogRecord, need: RecordNeed): void {
    this.records.push(record)
    this.needs.push(need)
  }

  get hasAny(): boolean {
    return this.send.length > 0 || this.records.length > 0 || this.thenSend.length > 0 || this.own.length > 0 || this.undoTentative || this.install !== null ||
      this.refused.length > 0 || this.safeReads.length > 0 || this.droppedReads.length > 0 || this.controls.length > 0 || this.events.length > 0
  }
}
