/** A part of a history as text: one lane for each process, operations as bars from their beginning to their end, in the order of events. */
import type { Operation, ProcessId } from './history'
import { phrase } from './linearizability/words'

const LABEL_CHARACTERS_MAX = 48
const GAP = 2

interface Bar {
  readonly operation: Operation
  readonly label: string
  from: number
  until: number
}

const cut = (text: string): string => (text.length <= LABEL_CHARACTERS_MAX ? text : `${text.slice(0, LABEL_CHARACTERS_MAX - 1)}…`)

/** Columns for events: in order, and so far apart that each label fits between the beginning and the end of its bar. */
function placed(operations: readonly Operation[], marked: Operation | null): { bars: Bar[]; width: number } {
  const bars = operations.map((operation): Bar => ({ operation, label: `${operation.index === marked?.index ? '✗ ' : ''}${cut(phrase(operation))}`, from: 0, until: 0 }))
  const events = bars.flatMap((bar) => [{ at: bar.operation.invoked, bar, begins: true },
    ...(bar.operation.completed === Infinity ? [] : [{ at: bar.operation.completed, bar, begins: false }])]).sort((a, b) => a.at - b.at)
  let column = -GAP
  for (const { bar, begins } of events) {
    column += GAP
    if (begins) bar.from = column
    else {
      column = Math.max(column, bar.from + bar.label.length + 3)
      bar.until = column
    }
  }
  const open = bars.filter(({ operation }) => operation.completed === Infinity)
  const width = Math.max(column + 1, ...open.map(({ from, label }) => from + label.length + 4))
  for (const bar of open) bar.until = width - 1
  return { bars, width }
}

/** A bar from ├ to ┤; one whose end is not known runs out in dots. */
function drawn({ operation, label, from, until }: Bar): string {
  const isOpen = operation.completed === Infinity
  const filling = isOpen ? '┄' : '─'
  const inner = until - from - 1
  return `├${`${label.length + 2 <= inner ? ` ${label} ` : label}`.padEnd(inner, filling)}${isOpen ? '┄' : '┤'}`
}

/**
 * Lines of at most `columns` characters. `marked` is drawn with a cross. A process whose operations overlap, since it went on after
 * an unknown outcome, has several lanes.
 */
export function timeline(operations: readonly Operation[], marked: Operation | null, columns: number): string[] {
  if (operations.length === 0) return []
  const { bars, width } = placed(operations, marked)
  const lanes: { process: ProcessId; end: number; text: string }[] = []
  for (const bar of bars.slice().sort((a, b) => a.from - b.from)) {
    let lane = lanes.find(({ process, end }) => process === bar.operation.process && end < bar.from)
    if (lane === undefined) {
      lane = { process: bar.operation.process, end: -1, text: '' }
      lanes.push(lane)
    }
    lane.text = `${lane.text.padEnd(bar.from)}${drawn(bar)}`
    lane.end = bar.until
  }
  const order = [...new Set(lanes.map(({ process }) => process))]
  lanes.sort((a, b) => order.indexOf(a.process) - order.indexOf(b.process))
  const names = lanes.map(({ process }) => `process ${String(process)}`)
  const margin = Math.max(...names.map(({ length }) => length)) + 2
  const band = Math.max(columns - margin, 20)
  const lines: string[] = []
  for (let from = 0; from < width; from += band) {
    if (from > 0) lines.push('')
    lanes.forEach(({ text }, i) => { lines.push(`${(names[i] as string).padEnd(margin)}${text.slice(from, from + band)}`.trimEnd()) })
  }
  return lines
}
