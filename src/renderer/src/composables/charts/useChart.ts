/** The life of one Chart.js chart: made on mount, updated without animation, destroyed on unmount. */
import { Chart, Decimation, Filler, LinearScale, LineController, LineElement, PointElement, type ChartConfiguration, type ChartDataset, type Plugin } from 'chart.js'
import { onBeforeUnmount, onMounted, type Ref } from 'vue'
import { tickStepMs, tickText, timeTicks } from './axis'
import type { ChartSeries } from './points'
import type { ChartColours } from './useThemeTokens'

Chart.register(LineController, LineElement, PointElement, LinearScale, Decimation, Filler)

export interface ChartView {
  readonly series: readonly ChartSeries[]
  readonly fromMs: number
  readonly toMs: number
  readonly ceiling: number
  readonly colours: ChartColours
  readonly locale: string
  /** Where the crosshair stands, and where the time bar does. */
  readonly crosshairMs: number | null
  readonly momentMs: number | null
  readonly formatValue: (value: number) => string
}

const TICK_WIDTH_PX = 84

export interface ChartHandle {
  update(): void
  /** Only the crosshair moved. */
  draw(): void
  /** The time under a place on the canvas, in CSS pixels from its left edge. */
  timeAt(x: number): number | null
  png(): string | null
}

export function useChart(canvas: Readonly<Ref<HTMLCanvasElement | null>>, view: () => ChartView): ChartHandle {
  let chart: Chart<'line'> | undefined
  onMounted(() => {
    const context = canvas.value?.getContext('2d')
    if (canvas.value && context) chart = new Chart(context, configurationOf(view))
  })
  onBeforeUnmount(() => {
    chart?.destroy()
    chart = undefined
  })
  return {
    update() {
      if (!chart) return
      const now = view()
      chart.data.datasets = now.series.map((series) => datasetOf(series, now.colours))
      const { x, y } = chart.options.scales ?? {}
      if (x) Object.assign(x, { min: now.fromMs, max: now.toMs })
      if (y) Object.assign(y, { max: now.ceiling, ticks: { ...y.ticks, stepSize: now.ceiling / 2 } })
      chart.update('none')
    },
    draw: () => chart?.draw(),
    timeAt: (place) => (chart ? (chart.scales['x']?.getValueForPixel(place) ?? null) : null),
    png: () => (chart ? pictureOf(chart.canvas, view().colours.ground) : null),
  }
}

/** The chart on its ground: a canvas is transparent, and light text on nothing cannot be read elsewhere. */
function pictureOf(canvas: HTMLCanvasElement, ground: string): string | null {
  const picture = document.createElement('canvas')
  Object.assign(picture, { width: canvas.width, height: canvas.height })
  const context = picture.getContext('2d')
  if (!context) return null
  context.fillStyle = ground
  context.fillRect(0, 0, picture.width, picture.height)
  context.drawImage(canvas, 0, 0)
  return picture.toDataURL('image/png')
}

function datasetOf(series: ChartSeries, colours: ChartColours): ChartDataset<'line'> {
  const colour = colours.series[(series.colour - 1) % colours.series.length] ?? colours.strong
  return {
    label: series.label, data: [...series.points], parsing: false, normalized: true, spanGaps: false, borderColor: colour,
    borderWidth: 1.6, borderDash: series.dashed ? [5, 3] : [], pointRadius: 0, pointHitRadius: 0, tension: 0, stepped: false,
    fill: 'origin', backgroundColor: `color-mix(in srgb, ${colour} 10%, transparent)`,
  }
}

function configurationOf(view: () => ChartView): ChartConfiguration<'line'> {
  const first = view()
  const font = (): { family: string; size: number } => ({ family: view().colours.font, size: 11 })
  return {
    type: 'line',
    data: { datasets: first.series.map((series) => datasetOf(series, first.colours)) },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true, events: [],
      layout: { padding: { top: 6, right: 8 } },
      plugins: { decimation: { enabled: true, algorithm: 'min-max' } },
      scales: {
        x: {
          type: 'linear', min: first.fromMs, max: first.toMs,
          grid: { color: () => view().colours.grid, drawTicks: false }, border: { display: false },
          afterBuildTicks: (scale) => {
            const ticks = timeTicks(scale.min, scale.max, Math.max(2, scale.width / TICK_WIDTH_PX), new Date(scale.max).getTimezoneOffset())
            scale.ticks = ticks.map((value) => ({ value }))
          },
          ticks: {
            autoSkip: false, maxRotation: 0, color: () => view().colours.text, font, padding: 4,
            callback(value) { return tickText(Number(value), tickStepMs(this.max - this.min, Math.max(2, this.width / TICK_WIDTH_PX)), view().locale) },
          },
        },
        y: {
          type: 'linear', min: 0, max: first.ceiling, grid: { color: () => view().colours.grid, drawTicks: false }, border: { display: false },
          // One width for all charts, so that the same moment stands at the same place in each.
          afterFit: (scale) => { scale.width = 62 },
          ticks: { stepSize: first.ceiling / 2, color: () => view().colours.text, font, padding: 6, callback: (value) => view().formatValue(Number(value)) },
        },
      },
    },
    plugins: [crosshairPlugin(view)],
  }
}

function crosshairPlugin(view: () => ChartView): Plugin<'line'> {
  return {
    id: 'quorate-crosshair',
    afterDatasetsDraw(chart) {
      const { colours, crosshairMs, momentMs } = view()
      const [x, { top, bottom, left, right }, context] = [chart.scales['x'], chart.chartArea, chart.ctx]
      if (!x) return
      for (const [at, colour, dash] of [[momentMs, colours.moment, []], [crosshairMs, colours.strong, [3, 3]]] as const) {
        const place = at === null ? NaN : x.getPixelForValue(at)
        if (!(place >= left && place <= right)) continue
        context.save()
        context.strokeStyle = colour
        context.lineWidth = 1
        context.setLineDash([...dash])
        context.beginPath()
        context.moveTo(place, top)
        context.lineTo(place, bottom)
        context.stroke()
        context.restore()
      }
    },
  }
}
