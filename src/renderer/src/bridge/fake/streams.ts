/** The streams of the fake console. Each returns what closes it. */
import type { ConsoleContract } from '../../../../contract/console'
import type { InputOf, PayloadOf, StreamName } from '../../../../contract/define'
import type { FakeState } from './calls'
import type { Change, FakeWorld } from './world'

export type FakeStreams = {
  readonly [Name in StreamName<ConsoleContract>]: (input: InputOf<ConsoleContract[Name]>, push: (payload: PayloadOf<ConsoleContract[Name]>) => void) => () => void
}

export function createStreams(world: FakeWorld, state: FakeState): FakeStreams {
  const on = (listener: (what: Change) => void): (() => void) => {
    world.listeners.add(listener)
    return () => world.listeners.delete(listener)
  }
  const about = (what: Change): string | null => (typeof what === 'object' ? what.clusterId : null)
  return {
    'clusters.watch': (_input, push) => {
      const send = (): void => push(world.members.map((member) => member.info))
      send()
      return on((what) => what === 'clusters' && send())
    },
    'clusters.moments': (_input, push) => {
      for (const member of world.members) push(member.moment)
      return on((what) => {
        const member = world.find(about(what) ?? '')
        if (member) push(member.moment)
      })
    },
    'sandbox.watch': ({ clusterId }, push) => {
      const send = (): void => {
        const member = world.find(clusterId)
        if (member) push(world.sandboxState(member))
      }
      send()
      return on((what) => about(what) === clusterId && send())
    },
    'load.watch': ({ clusterId }, push) => {
      const send = (): void => {
        const member = world.find(clusterId)
        if (member) push(member.load)
      }
      send()
      return on((what) => about(what) === clusterId && send())
    },
    'health.watch': (_input, push) => {
      push(world.alerts.active())
      return on((what) => what === 'alerts' && push(world.alerts.active()))
    },
    'history.tail': ({ filter }, push) => {
      const closers = world.members.filter((member) => filter.clusterId === null || member.info.id === filter.clusterId).map((member) => member.history.tail(filter, push))
      return () => closers.forEach((close) => close())
    },
    'system.watch': (_input, push) => {
      push(state.status)
      return on((what) => what === 'system' && push(state.status))
    },
  }
}
