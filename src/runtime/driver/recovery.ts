/** Machine and state as they were when the node ended: records go to those who wrote them, in the order written. */
import { fail, ok, type Result } from '../../core/base'
import { MACHINE_RECORD_TYPE_MAX, type ProtocolMachine } from '../../core/machine'
import type { DriverLimits } from './limits'
import { SnapshotStore } from './snapshot-store'
import type { DriverOptions } from './types'

export interface Recovered<Machine> {
  readonly machine: Machine
  readonly store: SnapshotStore
}

const HINT = 'Set the data folder of this node aside and let it join with an empty one, or restore the folder from a copy.'

export function recover<Machine extends ProtocolMachine>(
  options: DriverOptions<Machine>, limits: DriverLimits,
): Result<Recovered<Machine>, 'corrupt'> {
  const { groupId, nodeId, members, timing, random, storage } = options
  const store = new SnapshotStore(storage)
  const recovery = options.protocol.recover({ groupId, nodeId, members, timing, random, storage, limits, snapshots: store })
  for (const record of options.recovered) {
    if (record.type <= MACHINE_RECORD_TYPE_MAX) {
      const read = recovery.record(record)
      if (!read.ok) return read
      continue
    }
    const found = store.found(record)
    if (!found.ok) return found
    const read = found.value === null ? ok() : recovery.snapshot(found.value)
    if (!read.ok) return read
  }
  const whole = store.finish()
  if (!whole.ok) return whole
  const restored = restoreNewest(options, store)
  if (!restored.ok) return restored
  const machine = recovery.finish()
  return machine.ok ? ok({ machine: machine.value, store }) : machine
}

function restoreNewest({ stateMachine, onRestored }: DriverOptions, store: SnapshotStore): Result<undefined, 'corrupt'> {
  const head = store.latest()
  if (head === null) return ok()
  if (head.chunks > 0) {
    const state = store.state()
    const isRestored = state !== null && stateMachine.restore(state).ok
    if (!isRestored || stateMachine.hash() !== head.stateHash) return fail('corrupt', `The snapshot of index ${head.index} is not the state that was written.`, HINT)
  }
  onRestored?.(head.index)
  return ok()
}
