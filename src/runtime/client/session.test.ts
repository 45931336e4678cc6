import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { encodeReply, type Reply } from '../../core/statemachine'
import { CLIENT_LIMITS } from './limits'
import { Session } from './session'
import type { Operation, OperationClient, Outcome } from './types'

const LIFE_MS = CLIENT_LIMITS.sessionTimeToLiveMs
const RENEWAL_MS = LIFE_MS / CLIENT_LIMITS.sessionRenewalsPerLife
const ID = '00000000000000aa'
/** The first byte of a command. */
const KINDS: Readonly<Record<number, string>> = { 1: 'renewed', 2: 'operated', 3: 'closed' }

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const says = (reply: Reply): Outcome => ({ kind: 'ok', reply: encodeReply(reply), repeated: false })
const silent = null

/** A cluster that answers everything the same way, or never, which is failed at the deadline as clients do. */
function cluster(answer: Outcome | null = says({ kind: 'done' })) {
  const asked: string[] = []
  const state = { answer, asked, times: [] as number[] }
  const begunMs = performance.now()
  const client: OperationClient = {
    nowMs: () => performance.now(), leader: () => null, setMembers: () => undefined, outvoted: () => new Map(), close: () => undefined,
    run: ({ payload, deadlineMs, done }: Operation) => {
      asked.push(KINDS[payload[0] ?? 0] ?? '?')
      state.times.push(performance.now() - begunMs)
      const outcome = state.answer
      if (outcome === null) setTimeout(() => { done({ kind: 'unknown', message: 'No answer came in time.' }) }, deadlineMs - performance.now())
      else setTimeout(() => { done(outcome) }, 1)
    },
  }
  const losses: string[] = []
  const session = new Session(client, ID)
  session.onLost = (why) => { losses.push(why) }
  const put = (): Promise<unknown> => new Promise((done) => { session.write({ kind: 'put', key: 'k', value: Uint8Array.of(1) }, performance.now() + 1_000, done) })
  return { state, session, losses, put }
}

test('an idle session is used three times in its life, however long it is idle', async () => {
  const { state, session, losses } = cluster()
  await vi.advanceTimersByTimeAsync(3 * LIFE_MS + 100)
  expect(state.times.map((ms) => Math.round(ms / RENEWAL_MS))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect([session.state, losses]).toEqual(['open', []])
})

test('a session that is used needs no renewal, and is renewed once it is idle', async () => {
  const { state, put } = cluster()
  for (let i = 0; i < 8; i++) {
    await vi.advanceTimersByTimeAsync(RENEWAL_MS / 2)
    void put()
  }
  expect(state.asked).toEqual(Array.from({ length: 8 }, () => 'operated'))
  await vi.advanceTimersByTimeAsync(RENEWAL_MS + 100)
  expect(state.asked.at(-1)).toBe('renewed')
})

test('the holder of a lock hears that the cluster ended its session, once', async () => {
  const { state, session, losses, put } = cluster()
  state.answer = says({ kind: 'session-expired' })
  await vi.advanceTimersByTimeAsync(RENEWAL_MS + 100)
  expect([session.state, losses]).toEqual(['lost', ['expired']])
  const outcome = put()
  await vi.advanceTimersByTimeAsync(10 * LIFE_MS)
  expect(await outcome).toMatchObject({ kind: 'failed', code: 'session-expired' })
  expect([losses, state.asked]).toEqual([['expired'], ['renewed', 'operated']])
})

test('without an answer it is lost no later than the cluster may end it, counted from when its last answered use was sent', async () => {
  const { state, session, losses } = cluster()
  await vi.advanceTimersByTimeAsync(RENEWAL_MS + 100)
  state.answer = silent
  await vi.advanceTimersByTimeAsync(LIFE_MS - 150)
  expect([session.state, losses]).toEqual(['open', []])
  await vi.advanceTimersByTimeAsync(100)
  expect([session.state, losses]).toEqual(['lost', ['unheard']])
})

test('a process that was frozen for longer than its session lives does not take an answer to a later renewal for its old session', async () => {
  const { state, session, losses } = cluster()
  vi.setSystemTime(Date.now())
  const frozen = vi.spyOn(performance, 'now')
  frozen.mockImplementation(() => 10 * LIFE_MS)
  await vi.advanceTimersByTimeAsync(RENEWAL_MS + 100)
  expect([session.state, losses, state.asked]).toEqual(['lost', ['unheard'], []])
  frozen.mockRestore()
})

test('one lost renewal is made up for', async () => {
  const { state, session } = cluster(silent)
  await vi.advanceTimersByTimeAsync(RENEWAL_MS + 100)
  state.answer = says({ kind: 'done' })
  await vi.advanceTimersByTimeAsync(2 * LIFE_MS)
  expect(session.state).toBe('open')
})

test.each(['leave', 'close'] as const)('after %s it renews nothing more', async (way) => {
  const { state, session, losses } = cluster()
  const ended: boolean[] = []
  if (way === 'leave') session.leave()
  else session.close(performance.now() + 1_000, (isEnded) => { ended.push(isEnded) })
  await vi.advanceTimersByTimeAsync(2 * LIFE_MS)
  expect([state.asked, ended]).toEqual(way === 'leave' ? [[], []] : [['closed'], [true]])
  expect([session.state, losses, vi.getTimerCount()]).toEqual(['left', [], 0])
})

test('a close that nobody answered is not taken for certain', async () => {
  const { session } = cluster(silent)
  const ended: boolean[] = []
  session.close(performance.now() + 1_000, (isEnded) => { ended.push(isEnded) })
  await vi.advanceTimersByTimeAsync(1_100)
  expect(ended).toEqual([false])
})

test('a session of a client that was closed ends its own timer', async () => {
  const { session } = cluster({ kind: 'failed', code: 'closed', message: 'The client was closed.' })
  await vi.advanceTimersByTimeAsync(RENEWAL_MS + 100)
  expect([session.state, vi.getTimerCount()]).toEqual(['left', 0])
})

test('operations are answered in the words of the machine, and a limit is no misunderstanding', async () => {
  const { state, session, put } = cluster(says({ kind: 'granted', token: 7 }))
  const granted = new Promise((done) => { session.operate({ kind: 'acquire', key: 'l', wait: false }, performance.now() + 1_000, done) })
  await vi.advanceTimersByTimeAsync(10)
  expect(await granted).toEqual({ kind: 'answered', reply: { kind: 'granted', token: 7 } })
  state.answer = says({ kind: 'limit-reached' })
  const limited = put()
  await vi.advanceTimersByTimeAsync(10)
  expect(await limited).toMatchObject({ kind: 'failed', code: 'limit-reached' })
})
