import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { ChartSeries } from './points'
import TimeChart from './TimeChart.vue'

const series: readonly ChartSeries[] = [{ id: 'a', label: 'n2', colour: 1, points: [{ x: 0, y: 4 }, { x: 500, y: 8 }, { x: 600, y: Number.NaN }] }]
const show = (over: object = {}) =>
  mount(TimeChart, { props: { label: 'Lag of n2', series, fromMs: 0, toMs: 1000, locale: 'en', formatValue: (value: number) => `${value} entries`, noValueText: 'not measured', ...over } })

describe('a chart by keyboard', () => {
  it('reads its values out and says where nothing was measured', async () => {
    const chart = show({ momentMs: 500 })
    const slider = chart.find('[role="slider"]')
    expect(slider.attributes('aria-valuetext')).toContain('n2 8 entries')
    await slider.trigger('keydown', { key: 'End' })
    expect(slider.attributes('aria-valuetext')).toContain('n2 not measured')
    await slider.trigger('keydown', { key: 'Home' })
    expect(slider.attributes('aria-valuetext')).toContain('n2 4 entries')
  })
  it('goes to the moment with Enter', async () => {
    const chart = show({ momentMs: 500 })
    await chart.find('[role="slider"]').trigger('keydown', { key: 'ArrowLeft' })
    await chart.find('[role="slider"]').trigger('keydown', { key: 'Enter' })
    expect(chart.emitted('seek')).toEqual([[490]])
  })
  it('keeps its scale while it is read and catches up afterwards', async () => {
    const chart = show()
    const slider = chart.find('[role="slider"]')
    await slider.trigger('focus')
    await chart.setProps({ fromMs: 1000, toMs: 2000 })
    expect(slider.attributes('aria-valuemax')).toBe('1000')
    await slider.trigger('blur')
    expect(slider.attributes('aria-valuemax')).toBe('2000')
  })
})
