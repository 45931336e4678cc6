import { assert, ok, type Random } from '../base'
import type { MachineConfig, MachineRecovery, Protocol } from '../machine'
import { LiarMachine } from './liar'
import type { PbftMachine } from './machine'
import { PbftRecovery } from './recovery'
import type { PbftOptions } from './types'

/** PBFT with its options, ready to be opened on what a node's storage holds. All voters of the group are its replicas. */
export function pbftProtocol(options: PbftOptions): Protocol<PbftMachine> {
  const { checkpointInterval, windowSize } = options
  if (checkpointInterval !== undefined) {
    assert(checkpointInterval > 0 && (windowSize ?? 2 * checkpointInterval) >= checkpointInterval, 'the window holds at least one checkpoint')
  }
  return { name: 'pbft', takesCheckpoints: true, recover: (config) => new PbftRecovery(config, options) }
}

export interface LiarControl {
  /** What the liar draws its lies from; absent: the node's own. */
  readonly random?: Random
  /** The liar is there, honest until it is told otherwise. */
  readonly begin: (liar: LiarMachine) => void
  /** See LiarOptions. */
  readonly inventsCommands?: boolean
}

/** The same node as a liar, with the same records on its disk. */
export function liarProtocol(options: PbftOptions, control: LiarControl): Protocol<LiarMachine> {
  return { name: 'pbft', takesCheckpoints: true, recover: (config) => liarRecovery(config, options, control) }
}

function liarRecovery(config: MachineConfig, options: PbftOptions, { random = config.random, begin, inventsCommands = false }: LiarControl): MachineRecovery<LiarMachine> {
  const inner = new PbftRecovery(config, options)
  return {
    record: (record) => inner.record(record),
    snapshot: (head) => inner.snapshot(head),
    finish: () => {
      const machine = inner.finish()
      if (!machine.ok) return machine
      const { groupId, nodeId, members } = config
      const liar = new LiarMachine(machine.value, { groupId, nodeId, members, signer: options.signer, random, inventsCommands })
      begin(liar)
      return ok(liar)
    },
  }
}
