/** The short story of a run in words: what befell the cluster, who led, what clients were told, and what broke. */
import type { SimulationPlan } from '../plan'
import { adapterOf } from '../protocols'
import { Simulation } from '../simulation'
import type { ExplainedEvent, Explanation, TraceEvent } from '../types'

const LINES_MAX = 60
/** Of what clients asked, the last so many are told. */
const OPERATIONS_MAX = 16
/** As sentences on histories name the object. */
const KEY_NAMED = /^(?:Key|Counter) "?([a-z]\d+)"?:/

function operationInWords(event: Extract<TraceEvent, { kind: 'invoked' | 'completed' }>): string {
  const { client, f, key } = event
  if (event.kind === 'invoked') return `${client} asks: ${f} ${key}${event.value === null ? '' : ` ${event.value}`}`
  const what = event.outcome === 'ok' ? `done${event.value === null ? '' : `: ${event.value}`}` : event.outcome === 'fail' ? 'refused' : 'its fate is unknown'
  return `${client} is told by ${event.node ?? 'nobody'}: ${f} ${key} ${what}`
}

/** Null for what is no part of a short story. */
function inWords(event: TraceEvent, epochWord: string): ExplainedEvent | null {
  const line = (text: string): ExplainedEvent => ({ atMs: event.atMs, text, event })
  switch (event.kind) {
    case 'fault-began': return line(`${event.text}.`)
    case 'fault-ended': return line(`It ends: ${event.text.charAt(0).toLowerCase()}${event.text.slice(1)}`)
    case 'role': return event.role === 'leader' || event.role === 'primary' ? line(`${event.node} leads ${epochWord} ${event.epoch}: ${event.why}`) : null
    case 'restart': return line(`${event.node} starts again with ${event.records} records on its disk.`)
    case 'rotten': return line(`${event.node} does not start: ${event.why}`)
    case 'crash': return line(`${event.node} is down: ${event.why}.`)
    case 'members': return line(event.members.length === 0 ? `${event.node} is no member any more.` : `${event.node} takes ${event.members.join(', ')} for the members.`)
    case 'misbehaviour': return line(`${event.node} has proof against ${event.of}: ${event.what}`)
    case 'snapshot': return line(`${event.node} has ${event.what} a snapshot up to ${event.index}.`)
    case 'dropped': return event.why === 'dropped' ? line(`A ${event.message} from ${event.from} to ${event.to} is lost.`) : null
    case 'phase': return event.phase === 'liveness' ? line(`No more faults; ${event.core.join(', ')} are healed and must go on.`) : null
    case 'invoked':
    case 'completed': return line(operationInWords(event))
    case 'violated': return line(`${event.violation.invariant} is violated: ${event.violation.message}`)
    default: return null
  }
}

export function explain(plan: SimulationPlan): Explanation {
  const { epochWord } = adapterOf(plan.protocol)
  const events: { readonly line: ExplainedEvent; readonly key: string | null }[] = []
  const simulation = new Simulation(plan, {
    onEvent: (event) => {
      const line = inWords(event, epochWord)
      if (line !== null) events.push({ line, key: event.kind === 'invoked' || event.kind === 'completed' ? event.key : null })
    },
  })
  while (simulation.step());
  // A history is judged object by object: where one is at fault, the others have no part in it.
  const guilty = KEY_NAMED.exec(simulation.violation?.message ?? '')?.[1] ?? null
  const operations = events.filter(({ key }) => key !== null && (guilty === null || key === guilty)).slice(-OPERATIONS_MAX)
  const told = events.filter((event) => event.key === null || operations.includes(event)).map((event) => event.line)
  return { violation: simulation.violation, events: told.slice(-LINES_MAX) }
}
