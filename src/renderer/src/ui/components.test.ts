import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { h, nextTick, shallowRef } from 'vue'
import { ConfirmDialog, DataTable, EpochChip, Figure, KeyHint, Sparkline, StateMark, UiRoot, epochVariable } from './index'

const inRoot = (render: () => ReturnType<typeof h>) => mount(UiRoot, { slots: { default: render }, attachTo: document.body })

describe('Figure', () => {
  it('shows an unknown figure as a dash with its reason, never as 0', () => {
    const figure = inRoot(() => h(Figure, { value: { unknown: 'unreachable' }, label: 'lag' }))
    expect(figure.text()).toBe('–')
    expect(figure.find('[role=img]').attributes('aria-label')).toBe('lag: Not known: the member does not answer.')
  })
  it('shows 0 where 0 was measured', () => expect(inRoot(() => h(Figure, { value: 0, unit: 'ms' })).text()).toBe('0ms'))
  it('tells 64-bit figures whole', () => expect(inRoot(() => h(Figure, { value: 18446744073709551615n })).text()).toBe('18,446,744,073,709,551,615'))
})

describe('StateMark and EpochChip', () => {
  it('say in words what they show in colour', () => {
    expect(inRoot(() => h(StateMark, { state: 'no-quorum', bare: true })).find('[role=img]').attributes('aria-label')).toBe('No quorum')
    expect(inRoot(() => h(EpochChip, { value: 7n })).text()).toBe('Term 7')
  })
  it('give neighbouring epochs different hues', () => {
    for (let term = 0n; term < 40n; term += 1n) expect(epochVariable(term)).not.toBe(epochVariable(term + 1n))
  })
})

describe('Sparkline', () => {
  it('leaves a gap where nothing was measured', () => {
    expect(inRoot(() => h(Sparkline, { values: [1, 2, null, 3, 4], label: 'x' })).find('path').attributes('d')?.match(/M/g)).toHaveLength(2)
  })
})

describe('KeyHint', () => {
  it('shows a plus sign as a key', () => expect(inRoot(() => h(KeyHint, { keys: 'Ctrl++' })).findAll('kbd').map((cap) => cap.text())).toEqual(['Ctrl', '+']))
})

describe('DataTable', () => {
  interface Thing { readonly id: string; readonly n: number | null }
  const rows: readonly Thing[] = [{ id: 'b', n: 2 }, { id: 'a', n: null }, { id: 'c', n: 10 }]
  const table = (shown = shallowRef(rows), opened: Thing[] = []) => mount({
    render: () => h(DataTable, {
      rows: shown.value, columns: [{ id: 'id', text: 'Id', sortBy: (row: Thing) => row.id }, { id: 'n', text: 'N', sortBy: (row: Thing) => row.n }],
      rowKey: (row: Thing) => row.id, label: 'Things', openable: true, onOpen: (row: Thing) => opened.push(row),
    }, { 'cell-id': ({ row }: { row: Thing }) => row.id }),
  }, { attachTo: document.body })
  const order = (wrapper: ReturnType<typeof table>): string[] => wrapper.findAll('tbody tr').map((row) => row.find('td').text())

  it('keeps the order given until asked, sorts up, down and back, unknowns last', async () => {
    const wrapper = table()
    expect(order(wrapper)).toEqual(['b', 'a', 'c'])
    const heading = wrapper.findAll('th button')[1]
    await heading?.trigger('click')
    expect(order(wrapper)).toEqual(['b', 'c', 'a'])
    await heading?.trigger('click')
    expect(order(wrapper)).toEqual(['c', 'b', 'a'])
    expect(wrapper.findAll('th')[1]?.attributes('aria-sort')).toBe('descending')
    await heading?.trigger('click')
    expect(order(wrapper)).toEqual(['b', 'a', 'c'])
  })
  it('moves nothing under the pointer', async () => {
    const shown = shallowRef(rows)
    const wrapper = table(shown)
    await wrapper.findAll('th button')[1]?.trigger('click')
    await wrapper.find('tbody').trigger('pointerenter')
    shown.value = [{ id: 'b', n: 50 }, { id: 'a', n: 1 }, { id: 'c', n: 10 }, { id: 'd', n: 0 }]
    await nextTick()
    expect(order(wrapper)).toEqual(['b', 'c', 'a', 'd'])
    await wrapper.find('tbody').trigger('pointerleave')
    expect(order(wrapper)).toEqual(['d', 'a', 'c', 'b'])
  })
  it('is walked with the arrow keys and opens with Enter', async () => {
    const opened: Thing[] = []
    const wrapper = table(shallowRef(rows), opened)
    const first = wrapper.findAll('tbody tr')[0]
    await first?.trigger('keydown', { key: 'ArrowDown' })
    expect(document.activeElement).toBe(wrapper.findAll('tbody tr')[1]?.element)
    await wrapper.findAll('tbody tr')[1]?.trigger('keydown', { key: 'Enter' })
    expect(opened).toEqual([rows[1]])
  })
})

describe('ConfirmDialog', () => {
  it('wants the name typed exactly before it lets go on', async () => {
    const confirmed: string[] = []
    const wrapper = inRoot(() => h(ConfirmDialog, { open: true, title: 'Delete orders', description: 'No way back.', confirm: 'Delete', typeName: 'orders', onConfirm: () => confirmed.push('yes') }))
    await nextTick()
    await nextTick()
    const button = (): HTMLButtonElement | undefined => [...document.querySelectorAll<HTMLButtonElement>('[role=alertdialog] button')].find((each) => each.textContent?.includes('Delete'))
    const input = document.querySelector<HTMLInputElement>('[role=alertdialog] input')
    expect(button()?.disabled).toBe(true)
    for (const text of ['order', 'orders']) {
      if (input) input.value = text
      input?.dispatchEvent(new Event('input'))
      await nextTick()
    }
    expect(button()?.disabled).toBe(false)
    button()?.click()
    expect(confirmed).toEqual(['yes'])
    wrapper.unmount()
  })
})
