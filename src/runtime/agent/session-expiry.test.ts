import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { decodeReply, encodeCommand, openSessions, ReplicatedMachine } from '../../core/statemachine'
import { CLIENT_LIMITS } from '../client'
import type { ProposalOutcome } from '../driver'
import { AGENT_PROCESS_LIMITS } from './limits'
import { SessionExpiry } from './session-expiry'

const LIFE_MS = CLIENT_LIMITS.sessionTimeToLiveMs
const SWEEP_MS = AGENT_PROCESS_LIMITS.sessionSweepMs
const AT_ONCE = AGENT_PROCESS_LIMITS.sessionsEndedAtOnceMax
const id = (number: number): string => number.toString(16).padStart(16, '0')

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

/** A member that leads and whose proposals are applied at once, until it is told otherwise. */
function member() {
  const state = new ReplicatedMachine()
  const told = { isLeader: true, term: 1, isStuck: false, isBusy: false, proposals: 0, skewMs: 0 }
  const waiting: (() => void)[] = []
  const propose = (command: Uint8Array, done: (outcome: ProposalOutcome) => void): void => {
    told.proposals += 1
    const apply = (): void => { done({ kind: 'applied', reply: state.apply(command) }) }
    if (told.isBusy) done({ kind: 'busy' })
    else if (told.isStuck) waiting.push(apply)
    else apply()
  }
  const sessions = () => openSessions(state)
  const expiry = new SessionExpiry({ driver: { machine: { status: () => told }, propose }, sessions, wrap: (command) => command, nowMs: () => performance.now() + told.skewMs })
  expiry.start()
  return {
    told, expiry, waiting, state,
    use: (number: number): void => { state.apply(encodeCommand({ kind: 'open-session', clientId: id(number) })) },
    open: (): string[] => sessions().map(({ clientId }) => clientId),
  }
}
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

test('a session that nobody uses is ended, one that is used is not', async () => {
  const { use, open, told } = member()
  use(1)
  use(2)
  for (let ms = 0; ms < 3 * LIFE_MS; ms += LIFE_MS / 3) {
    await pass(LIFE_MS / 3)
    use(2)
    if (ms < LIFE_MS / 2) expect(open()).toContain(id(1))
  }
  expect([open(), told.proposals]).toEqual([[id(2)], 1])
})

test('its lock goes to whoever waits, with a greater token', async () => {
  const { use, state } = member()
  const acquire = (number: number, sequence: number) =>
    decodeReply(state.apply(encodeCommand({ kind: 'operate', clientId: id(number), sequence, lowestOutstanding: sequence, operation: { kind: 'acquire', key: 'l', wait: true } })))
  use(1)
  use(2)
  expect(acquire(1, 1)).toEqual({ kind: 'granted', token: 1 })
  for (let sequence = 1; sequence < 6; sequence++) {
    acquire(2, sequence)
    await pass(LIFE_MS / 3)
  }
  expect(acquire(2, 9)).toEqual({ kind: 'granted', token: 2 })
})

test.each([
  ['lost leadership', { isLeader: false }, { isLeader: true }],
  ['was elected anew between two looks', { term: 2 }, {}],
])('a leader that %s counts from the beginning', async (_name, lost, back) => {
  const { use, open, told } = member()
  use(1)
  await pass(LIFE_MS - SWEEP_MS)
  Object.assign(told, lost)
  await pass(SWEEP_MS)
  Object.assign(told, back)
  await pass(LIFE_MS - SWEEP_MS)
  expect(open()).toEqual([id(1)])
  await pass(3 * SWEEP_MS)
  expect(open()).toEqual([])
})

test('a follower ends nobody', async () => {
  const { use, open, told } = member()
  told.isLeader = false
  use(1)
  await pass(3 * LIFE_MS)
  expect([open(), told.proposals]).toEqual([[id(1)], 0])
})

test('a leader that was paused does not hold its pause against the clients', async () => {
  const { use, open, told } = member()
  use(1)
  await pass(2 * SWEEP_MS)
  told.skewMs = 10 * LIFE_MS
  await pass(SWEEP_MS)
  expect(open()).toEqual([id(1)])
})

test('a proposal that comes late ends no session that was used meanwhile', async () => {
  const { use, open, told, waiting } = member()
  told.isStuck = true
  use(1)
  await pass(LIFE_MS + SWEEP_MS)
  expect(waiting).toHaveLength(1)
  use(1)
  for (const apply of waiting) apply()
  expect(open()).toEqual([id(1)])
})

test('what is refused is proposed again, but no sooner than after another life', async () => {
  const { use, open, told } = member()
  told.isBusy = true
  use(1)
  await pass(2 * LIFE_MS)
  expect(told.proposals).toBe(1)
  told.isBusy = false
  await pass(2 * SWEEP_MS)
  expect([open(), told.proposals]).toEqual([[], 2])
})

test('no more are proposed at once than the limit, none while those wait, and all are ended in the end', async () => {
  const { use, open, told, waiting } = member()
  told.isStuck = true
  for (let number = 1; number <= 2 * AT_ONCE + 1; number++) use(number)
  await pass(LIFE_MS + 4 * SWEEP_MS)
  expect(told.proposals).toBe(AT_ONCE)
  told.isStuck = false
  for (const apply of waiting.splice(0)) apply()
  await pass(SWEEP_MS)
  expect(told.proposals).toBe(2 * AT_ONCE)
  await pass(SWEEP_MS)
  expect(open()).toEqual([])
})

test('a member that was stopped looks no more', async () => {
  const { use, open, expiry } = member()
  use(1)
  expiry.stop()
  await pass(2 * LIFE_MS)
  expect([open(), vi.getTimerCount()]).toEqual([[id(1)], 0])
})
