/** What many seeds add up to, in whatever order they end. */
import type { ProtocolName } from '../../core/machine'
import { PHASES, type FaultKind, type Phase, type Profile } from '../plan'
import { DEEDS, type Coverage, type Deed, type LinearizabilityVerdict, type SimulationCounts } from '../types'
import { possibleCells, possibleDeeds } from './possible'
import type { SeedOutcome } from './seed'

export interface CampaignViolation {
  readonly seed: number
  readonly invariant: string
  readonly source: string
  readonly message: string
  readonly nodeId: string | null
  readonly atMs: number
  readonly profile: Profile
}

export interface CampaignReport {
  readonly protocol: ProtocolName
  readonly seeds: number
  readonly violations: readonly CampaignViolation[]
  readonly virtualSeconds: number
  readonly wallSeconds: number
  /** Virtual seconds for each second of one core. */
  readonly ratio: number
  readonly coverage: Coverage & { readonly missing: readonly string[] }
  /** Over the traces of all seeds, in whatever order they ran. */
  readonly hash: string
  readonly counts: SimulationCounts
  readonly linearizability: Readonly<Record<LinearizabilityVerdict, number>>
  /** How many seeds were run twice and were the same both times. */
  readonly verified: number
  readonly coreSeconds: number
}

type Numbers = Record<string, number>

export class CampaignSummary {
  readonly #protocol: ProtocolName
  readonly violations: CampaignViolation[] = []
  readonly #counts: Numbers = {}
  readonly #cells = new Map<FaultKind, Map<Phase, number>>()
  readonly #deeds = new Map<Deed, number>()
  readonly #verdicts: Record<LinearizabilityVerdict, number> = { 'linearizable': 0, 'violated': 0, 'inconclusive': 0, 'not-checked': 0 }
  seeds = 0
  virtualMs = 0
  #verified = 0
  #hashHigh = 0
  #hashLow = 0

  constructor(protocol: ProtocolName) {
    this.#protocol = protocol
  }

  add(outcome: SeedOutcome): void {
    const { seed, profile, violation, virtualMs, counts, coverage } = outcome
    this.seeds++
    this.virtualMs += virtualMs
    this.#verdicts[outcome.linearizability]++
    if (outcome.isVerified) this.#verified++
    if (violation !== null) this.violations.push({ seed, profile, ...violation })
    for (const [name, count] of Object.entries(counts) as [string, number][]) this.#counts[name] = (this.#counts[name] ?? 0) + count
    for (const [kind, row] of Object.entries(coverage.cells) as [FaultKind, Partial<Record<Phase, number>>][]) this.#addRow(kind, row)
    for (const [deed, count] of Object.entries(coverage.deeds) as [Deed, number][]) this.#deeds.set(deed, (this.#deeds.get(deed) ?? 0) + count)
    // Sums do not depend on the order in which seeds end.
    this.#hashHigh = (this.#hashHigh + Math.imul(Number.parseInt(outcome.replayHash.slice(0, 8), 16) ^ seed, 0x9e3779b1)) | 0
    this.#hashLow = (this.#hashLow + Math.imul(Number.parseInt(outcome.replayHash.slice(8), 16) ^ seed, 0x85ebca6b)) | 0
  }

  #addRow(kind: FaultKind, row: Partial<Record<Phase, number>>): void {
    const sums = this.#cells.get(kind) ?? new Map<Phase, number>()
    this.#cells.set(kind, sums)
    for (const phase of PHASES) if (row[phase] !== undefined) sums.set(phase, (sums.get(phase) ?? 0) + row[phase])
  }

  /** Cells of the ledger, and deeds, that this protocol can reach and no seed did. */
  missing(): readonly string[] {
    const cells = possibleCells(this.#protocol).filter(([kind, phase]) => (this.#cells.get(kind)?.get(phase) ?? 0) === 0).map(([kind, phase]) => `${kind} in ${phase}`)
    return [...cells, ...possibleDeeds(this.#protocol).filter((deed) => !this.#deeds.has(deed))]
  }

  /** The cell that was hit least often, the first of them. */
  fewest(): { readonly cell: string; readonly times: number } {
    const times = possibleCells(this.#protocol).map(([kind, phase]) => ({ cell: `${kind} in ${phase}`, times: this.#cells.get(kind)?.get(phase) ?? 0 }))
    return times.reduce((least, each) => (each.times < least.times ? each : least))
  }

  report(wallMs: number, coreMs: number): CampaignReport {
    const virtualSeconds = this.virtualMs / 1000
    const cells = Object.fromEntries([...this.#cells].map(([kind, row]) => [kind, Object.fromEntries(row)]))
    const deeds = Object.fromEntries(DEEDS.flatMap((deed) => (this.#deeds.has(deed) ? [[deed, this.#deeds.get(deed)]] : [])))
    return {
      protocol: this.#protocol, seeds: this.seeds, violations: [...this.violations].sort((one, other) => one.seed - other.seed),
      virtualSeconds: rounded(virtualSeconds), wallSeconds: rounded(wallMs / 1000), ratio: Math.round(virtualSeconds / Math.max(0.001, coreMs / 1000)),
      coverage: { cells, deeds, missing: this.missing() }, hash: hex(this.#hashHigh) + hex(this.#hashLow),
      counts: this.#counts as unknown as SimulationCounts, linearizability: { ...this.#verdicts }, verified: this.#verified, coreSeconds: rounded(coreMs / 1000),
    }
  }
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000
const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0')
