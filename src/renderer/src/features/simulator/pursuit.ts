/**
 * Answers what the page asks, at once: where the simulation has to run first, what was recorded of the moment wanted, or how far it has come. Then it
 * runs in stretches, hears what is asked meanwhile, and tells the frame of that very moment once it is there.
 */
import { SimulatorSession } from './session'
import type { FromSimulator, ToSimulator } from './messages'

export const PURSUIT_LIMITS = {
  /** What takes no longer than this is waited for before anything is shown. */
  patienceMs: 16,
  /** It runs for so long before it hears what was asked meanwhile. */
  stretchMs: 40,
  /** The page is told at least so often how far it is. */
  tellEveryMs: 250,
} as const

export interface Surroundings {
  readonly tell: (message: FromSimulator) => void
  readonly nowMs: () => number
  /** Calls back once what has been asked meanwhile was heard. */
  readonly later: (run: () => void) => void
}

export class Pursuit {
  readonly #around: Surroundings
  #session: SimulatorSession | null = null
  /** Where the simulation still has to get to. */
  #wantedMs: number | null = null
  #toldMs = 0
  #isScheduled = false

  constructor(around: Surroundings) {
    this.#around = around
  }

  receive(request: ToSimulator): void {
    try {
      this.#answer(request)
    } catch (error) {
      this.#broke(error)
    }
  }

  #answer(request: ToSimulator): void {
    if (request.kind === 'open') {
      this.#wantedMs = null
      this.#session = new SimulatorSession(request.plan, request.originMs)
    }
    const session = this.#session
    if (!session) return
    if (request.kind === 'go-to') {
      this.#wantedMs = request.atMs
      this.#run(session, PURSUIT_LIMITS.patienceMs)
      return this.#show(session, true)
    }
    // Beyond what was seen nothing was shown yet of where it is going: it stays where it is.
    if (this.#wantedMs !== null && this.#wantedMs > session.seenToMs) this.#wantedMs = session.seenToMs
    if (request.kind === 'explain') return this.#explain(session)
    if (request.kind !== 'stay') this.#arrive(session)
    if (request.kind === 'step') session.step()
    else if (request.kind === 'inject') session.inject(request.fault)
    this.#show(session, true)
  }

  /** It asks for no frame: the one on its way goes on its way. */
  #explain(session: SimulatorSession): void {
    const shortest = session.explain()
    if (shortest) this.#around.tell({ kind: 'explained', shortest })
  }

  #arrive(session: SimulatorSession): void {
    if (this.#wantedMs !== null) session.goTo(this.#wantedMs)
    this.#wantedMs = null
  }

  #run(session: SimulatorSession, forMs: number): void {
    const endMs = this.#around.nowMs() + forMs
    while (this.#wantedMs !== null) {
      if (session.advance(this.#wantedMs)) this.#wantedMs = null
      else if (this.#around.nowMs() >= endMs) break
    }
    this.#goOnLater()
  }

  #goOnLater(): void {
    if (this.#wantedMs === null || this.#isScheduled) return
    this.#isScheduled = true
    this.#around.later(() => {
      this.#isScheduled = false
      try {
        this.#goOn()
      } catch (error) {
        this.#broke(error)
      }
    })
  }

  #goOn(): void {
    const session = this.#session
    if (!session || this.#wantedMs === null) return
    this.#run(session, PURSUIT_LIMITS.stretchMs)
    if (this.#wantedMs === null || this.#around.nowMs() >= this.#toldMs + PURSUIT_LIMITS.tellEveryMs) this.#show(session, false)
  }

  #show(session: SimulatorSession, isAnswer: boolean): void {
    const recorded = this.#wantedMs === null ? null : session.recorded(this.#wantedMs)
    this.#toldMs = this.#around.nowMs()
    this.#around.tell({ kind: 'frame', isAnswer, frame: recorded ?? { ...session.frame(), isSettled: this.#wantedMs === null } })
  }

  #broke(error: unknown): void {
    this.#wantedMs = null
    this.#around.tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
}
