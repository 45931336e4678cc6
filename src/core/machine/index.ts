export type { Control, ControlOutcome, MemberChange, MemberKind } from './control'
export type {
  Committed, Effects, Frame, LeadershipTerm, LogEntryView, MachineConfig, MachineEvent, MachineLimits, MachineRecovery, MachineStatus, Persist,
  ProposalRefusal, Protocol, ProtocolMachine, ProtocolName, ReadAnswer, RefusedProposal, SafeReads, Tentative,
  Timing,
} from './machine'
export type { LogRecord, RecordLocation, RecordReader, RecoveredRecord } from './records'
export { MACHINE_RECORD_TYPE_MAX } from './records'
export type { Signer } from './signer'
export type { ReceivedSnapshot, SnapshotHead, SnapshotSource } from './snapshot'
