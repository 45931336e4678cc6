/** Log positions as bars on one scale. Positions compare only within one unit and lineage. Pure. */
import { isUnknown, type Measured, type Position } from '../../../../core/observation'
import type { LogPositions } from '../../../../core/observe/types'

export type Scope = 'tail' | 'whole'

export interface PositionBar {
  readonly nodeId: string
  readonly name: string
  /** Shares of the scale, 0 to 1; null where the member does not say, or counts in another lineage. */
  readonly first: number | null
  readonly applied: number | null
  readonly committed: number | null
  readonly persisted: number | null
  readonly last: number | null
  /** Entries the leader's log has and this one does not; null where it is not known. */
  readonly missing: bigint | null
  readonly foreignLineage: boolean
  readonly positions: LogPositions
}

export interface PositionScale {
  readonly unit: 'entries' | 'bytes'
  readonly lineage: string
  readonly from: bigint
  readonly to: bigint
  readonly bars: readonly PositionBar[]
}

const FIELDS = ['firstAvailable', 'applied', 'committed', 'persisted', 'last'] as const
/** The tail shows at least so much, so that a difference of one entry is seen and one of a million still fits. */
const TAIL_ENTRIES_MIN = 20n
const SHARE_PARTS = 100_000n

const known = (value: Measured<Position>): Position | null => (isUnknown(value) ? null : value)

export function positionScale(positions: readonly LogPositions[], scope: Scope): PositionScale | null {
  const base = majorityLineage(positions)
  if (!base) return null
  const mine = (value: Measured<Position>): bigint | null => {
    const position = known(value)
    return position && position.unit === base.unit && position.lineage === base.lineage ? position.value : null
  }
  const all = positions.flatMap((one) => FIELDS.map((field) => mine(one[field]))).filter((value) => value !== null)
  const tails = positions.flatMap((one) => [mine(one.applied), mine(one.committed), mine(one.last)]).filter((value) => value !== null)
  // An empty log begins behind its end: where it begins says nothing of how far it reaches.
  const to = positions.flatMap((one) => [mine(one.persisted), ...tails]).reduce<bigint>((a, b) => (b === null || a > b ? a : b), 0n)
  const lowest = (scope === 'whole' ? all : tails).reduce((a, b) => (a < b ? a : b), to)
  const pad = scope === 'whole' ? 0n : bigMax((to - lowest) / 3n, TAIL_ENTRIES_MIN - (to - lowest))
  const from = bigMax(0n, lowest - bigMax(0n, pad))
  const span = bigMax(1n, to - from)
  // The first entry of a log lies behind its left edge.
  const beforeFirst = (value: bigint | null): bigint | null => (value === null || base.unit === 'bytes' ? value : bigMax(0n, value - 1n))
  const share = (value: bigint | null): number | null => {
    if (value === null) return null
    const parts = ((value - from) * SHARE_PARTS) / span
    return Number(parts < 0n ? 0n : parts > SHARE_PARTS ? SHARE_PARTS : parts) / Number(SHARE_PARTS)
  }
  return {
    unit: base.unit, lineage: base.lineage, from, to,
    bars: positions.map((one) => {
      const last = mine(one.last)
      return {
        nodeId: one.nodeId, name: one.name, first: share(beforeFirst(mine(one.firstAvailable))), applied: share(mine(one.applied)), committed: share(mine(one.committed)),
        persisted: share(mine(one.persisted)), last: share(last), missing: last === null ? null : to - last, positions: one,
        foreignLineage: FIELDS.some((field) => known(one[field]) !== null && mine(one[field]) === null),
      }
    }),
  }
}

function majorityLineage(positions: readonly LogPositions[]): { readonly unit: 'entries' | 'bytes'; readonly lineage: string } | null {
  const counts = new Map<string, { readonly unit: 'entries' | 'bytes'; readonly lineage: string; members: number }>()
  for (const one of positions) {
    const position = known(one.last) ?? known(one.committed) ?? known(one.applied)
    if (!position) continue
    const key = `${position.unit}\n${position.lineage}`
    const entry = counts.get(key) ?? { unit: position.unit, lineage: position.lineage, members: 0 }
    entry.members += 1
    counts.set(key, entry)
  }
  return [...counts.values()].sort((a, b) => b.members - a.members)[0] ?? null
}

const bigMax = (a: bigint, b: bigint): bigint => (a > b ? a : b)
