import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import ClusterDrawing from './ClusterDrawing.vue'
import type { DrawingLink, DrawingNode, Glyph } from './glyphs'

const node = (id: string, glyph: Glyph): DrawingNode => ({ id, name: id, glyph, roleText: glyph, epoch: 3n, epochText: 'T3', stale: false, description: `${id}, ${glyph}` })
const link = (from: string, to: string, state: DrawingLink['state']): DrawingLink => ({ from, to, state, weight: 2, rttText: '1 ms', rateText: null, faulted: false, description: `${from} to ${to}, ${state}` })
const members = (leader: string): DrawingNode[] => ['n1', 'n2', 'n3'].map((id) => node(id, id === leader ? 'leader' : 'follower'))
const links = [link('n1', 'n2', 'down'), link('n2', 'n1', 'up')]
const draw = () => mount(ClusterDrawing, { props: { label: 'drawing', nodes: members('n1'), links }, attachTo: document.body })

describe('the drawing', () => {
  it('moves nobody when another one leads', async () => {
    const drawing = draw()
    const places = (): (string | undefined)[] => drawing.findAll('[data-node]').map((one) => one.attributes('transform'))
    const before = places()
    await drawing.setProps({ nodes: members('n3') })
    expect(places()).toEqual(before)
    expect(drawing.find('[data-node="n3"] .glyph-leader').exists()).toBe(true)
  })
  it('shows a one-way fault as a half-line: broken in one direction, whole in the other', () => {
    const drawing = draw()
    expect(drawing.find('[data-link="n1>n2"]').classes()).toContain('down')
    expect(drawing.find('[data-link="n1>n2"] .break').exists()).toBe(true)
    expect(drawing.find('[data-link="n2>n1"]').classes()).toContain('up')
    expect(drawing.find('[data-link="n2>n1"] .break').exists()).toBe(false)
  })
  it('is walked with the arrow keys and opened with Enter', async () => {
    const drawing = draw()
    await drawing.find('[data-node="n3"]').trigger('keydown', { key: 'ArrowRight' })
    await nextTick()
    expect(document.activeElement?.getAttribute('data-node')).toBe('n2')
    await drawing.find('[data-node="n2"]').trigger('keydown', { key: 'Enter' })
    expect(drawing.emitted('select')).toEqual([['n2']])
  })
  it('has one member in the tab order, each with all it says in words', () => {
    const nodes = draw().findAll('[data-node]')
    expect(nodes.map((one) => one.attributes('tabindex'))).toEqual(['0', '-1', '-1'])
    expect(nodes[0]?.attributes('aria-label')).toBe('n1, leader')
  })
  it('pulses once for an election and not again while the reign lasts', async () => {
    const drawing = draw()
    expect(drawing.find('.pulse').exists()).toBe(false)
    await drawing.setProps({ pulse: { nodeId: 'n2', nonce: 'n2@4' } })
    const pulse = drawing.find('.pulse').element
    await drawing.setProps({ nodes: members('n2') })
    expect(drawing.find('.pulse').element).toBe(pulse)
  })
})
