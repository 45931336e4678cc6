/** Speaks contract/wire.ts for the fake console. Input is taken as it comes: the window is the only one that talks to it. */
import { fail, ok, type Result } from '../../../../core/base'
import type { Channel, ClientMessage, ServerMessage } from '../../../../contract/wire'
import { channelPair } from '../channels/pair'
import type { Connector } from '../client'
import { createCalls, createState, type FakeState } from './calls'
import { SCENES, type SceneName } from './scenes'
import { createStreams } from './streams'
import { FakeWorld } from './world'

const TICK_MS = 500
const ANSWER_AFTER_MS = 15

export interface FakeConsole {
  readonly world: FakeWorld
  readonly state: FakeState
  readonly connector: Connector
  /** Lets time pass in the world; done by itself where `runs` was asked for. */
  tick(nowMs: number): void
  /** Ends every connection, as if the service had died. `gone` refuses new ones until it is set back. */
  drop(): void
  gone: boolean
  stop(): void
}

function serve(channel: Channel, calls: ReadonlyMap<string, unknown>, streams: ReadonlyMap<string, unknown>): void {
  const open = new Map<number, () => void>()
  const send = (message: ServerMessage): void => channel.post(message)
  channel.onClose(() => open.forEach((close) => close()))
  channel.onMessage((raw) => {
    const message = raw as ClientMessage
    if (message.t === 'call') {
      const run = calls.get(message.name) as (input: unknown) => Result<unknown> | Promise<Result<unknown>>
      setTimeout(() => {
        void Promise.resolve(run(message.input)).then((result) =>
          send(result.ok ? { t: 'ok', id: message.id, value: result.value } : { t: 'error', id: message.id, error: result.error }))
      }, ANSWER_AFTER_MS)
    } else if (message.t === 'open') {
      const start = streams.get(message.name) as (input: unknown, push: (payload: unknown) => void) => () => void
      open.set(message.id, start(message.input, (payload) => send({ t: 'item', id: message.id, payload })))
    } else if (message.t === 'close') {
      open.get(message.id)?.()
      open.delete(message.id)
    }
  })
}

export function createFakeConsole(scene: SceneName, nowMs = Date.now(), runs = true): FakeConsole {
  const world = new FakeWorld()
  const state = createState(nowMs)
  for (const plan of SCENES[scene].clusters) world.add(plan, nowMs, SCENES[scene].pastMs)
  const calls = new Map(Object.entries(createCalls(world, state)))
  const streams = new Map(Object.entries(createStreams(world, state)))
  const channels = new Set<Channel>()
  const timer = runs ? setInterval(() => world.tick(Date.now()), TICK_MS) : undefined
  const fake: FakeConsole = {
    world, state, gone: false,
    connector: async () => {
      if (fake.gone) return fail('disconnected', 'The console service is not running.')
      const [near, far] = channelPair()
      channels.add(far)
      serve(far, calls, streams)
      return ok(near)
    },
    tick: (now) => world.tick(now),
    drop: () => {
      for (const channel of channels) channel.close()
      channels.clear()
    },
    stop: () => clearInterval(timer),
  }
  return fake
}
