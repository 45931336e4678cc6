import { afterEach, describe, expect, it } from 'vitest'
import type { Body, Json } from './message'
import { MaelstromNode } from './node'
import { openBroadcast, openGrowOnlySet } from './sets'
import type { OpenWorkload } from './workload'

const nodes: MaelstromNode[] = []
afterEach(() => { for (const node of nodes.splice(0)) node.stop() })

/** A node, and what it wrote since it was last asked. */
function started(open: OpenWorkload): { readonly ask: (body: Body, dest?: string) => Json; readonly line: (text: string) => void; readonly written: { dest: string; body: Body }[] } {
  const written: { src: string; dest: string; body: Body }[] = []
  const node = new MaelstromNode({ open, writeLine: (line) => void written.push(JSON.parse(line) as (typeof written)[number]), log: () => undefined, nowMs: () => 0 })
  nodes.push(node)
  let asked = 0
  return {
    written, line: (text) => { node.line(text) },
    ask: (body, dest = 'n1') => {
      node.line(JSON.stringify({ src: 'c1', dest, body: { ...body, msg_id: ++asked } }))
      const answer = written.find((message) => message.dest === 'c1' && message.body['in_reply_to'] === asked)
      expect(answer?.src).toBe('n1')
      return answer?.body ?? null
    },
  }
}
const init = (...nodeIds: string[]): Body => ({ type: 'init', node_id: 'n1', node_ids: nodeIds })

describe('a node', () => {
  it('keeps its name, whatever it is told after that', () => {
    const { ask } = started(openGrowOnlySet)
    expect(ask(init('n1'))).toMatchObject({ type: 'init_ok' })
    expect(ask({ type: 'init' }, 'n2')).toMatchObject({ type: 'error', code: 12 })
    expect(ask(init('n1'))).toMatchObject({ type: 'init_ok' })
    expect(ask({ type: 'read' }, 'n2')).toMatchObject({ type: 'read_ok' })
  })

  it('is not told who it is by a list that names one node twice', () => {
    const { ask } = started(openGrowOnlySet)
    expect(ask(init('n1', 'n1', 'n2'))).toMatchObject({ type: 'error', code: 12 })
    expect(ask(init('n1', 'n2'))).toMatchObject({ type: 'init_ok' })
  })

  it('leaves out what is nested so deep that nobody could walk it, and goes on', () => {
    const { ask, line, written } = started(openGrowOnlySet)
    ask(init('n1'))
    const before = written.length
    line(`{"src":"c1","dest":"n1","body":{"type":"add","msg_id":7,"element":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`)
    expect(written).toHaveLength(before)
    expect(ask({ type: 'read' })).toMatchObject({ value: [] })
  })

  it('declines an element so long that its peers could not read a line with it', () => {
    const { ask } = started(openGrowOnlySet)
    ask(init('n1'))
    expect(ask({ type: 'add', element: 'x'.repeat(256 * 1024) })).toMatchObject({ type: 'error', code: 12, text: expect.stringContaining('262144') as string })
    expect(ask({ type: 'read' })).toMatchObject({ value: [] })
  })
})

describe('broadcast', () => {
  it.each<[string, Record<string, string[]>, string[]]>([
    ['to its neighbours', { n1: ['n2'], n2: ['n1', 'n3'], n3: ['n2'] }, ['n2']],
    ['to all where it has no neighbours', { n1: [], n2: ['n3'], n3: ['n2'] }, ['n2', 'n3']],
    ['to all where it is its only neighbour', { n1: ['n1'] }, ['n2', 'n3']],
    // So does the workbench draw the line of a single node.
    ['to all where the topology does not name it', {}, ['n2', 'n3']],
  ])('goes %s', (_where, topology, told) => {
    const { ask, written } = started(openBroadcast)
    ask(init('n1', 'n2', 'n3'))
    expect(ask({ type: 'topology', topology })).toMatchObject({ type: 'topology_ok' })
    expect(ask({ type: 'broadcast', message: 1 })).toMatchObject({ type: 'broadcast_ok' })
    expect(written.filter(({ body }) => body.type === 'gossip').map(({ dest }) => dest)).toEqual(told)
  })

  it.each<Json>([null, [], 'line', { n1: 'n2' }, { n1: [2] }])('refuses %j, which is no topology', (topology) => {
    const { ask } = started(openBroadcast)
    ask(init('n1', 'n2'))
    expect(ask({ type: 'topology', topology })).toMatchObject({ type: 'error', code: 12 })
  })
})
