/** How a DataTable is described, and how its rows are ordered. */
export type Sortable = string | number | bigint | null | undefined

export interface Column<Row> {
  readonly id: string
  readonly text: string
  readonly align?: 'start' | 'end'
  /** A CSS width; columns without one share what is left. */
  readonly width?: string
  /** What the column sorts by; without it the column does not sort. null comes last either way. */
  readonly sortBy?: (row: Row) => Sortable
  /** Left out on windows narrower than 720 px. */
  readonly minor?: boolean
}
export interface SortOrder {
  readonly columnId: string
  readonly descending: boolean
}

function compare(one: Sortable, other: Sortable, locale: string): number {
  if (typeof one === 'string' && typeof other === 'string') return one.localeCompare(other, locale, { numeric: true })
  return (one as number) < (other as number) ? -1 : (one as number) > (other as number) ? 1 : 0
}

/** Rows in order; equal rows keep the order they came in. */
export function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: SortOrder | null, locale: string): readonly Row[] {
  const sortBy = columns.find((column) => column.id === order?.columnId)?.sortBy
  if (!order || !sortBy) return rows
  return rows.toSorted((one, other) => {
    const a = sortBy(one)
    const b = sortBy(other)
    const noneA = a === null || a === undefined
    const noneB = b === null || b === undefined
    if (noneA || noneB) return Number(noneA) - Number(noneB)
    return order.descending ? compare(b, a, locale) : compare(a, b, locale)
  })
}

/** The rows in an earlier order of keys; rows that were not there before come last. */
export function inHeldOrder<Row>(rows: readonly Row[], keys: readonly string[], keyOf: (row: Row) => string): readonly Row[] {
  const place = new Map(keys.map((key, at) => [key, at]))
  const at = (row: Row): number => place.get(keyOf(row)) ?? keys.length
  return rows.toSorted((one, other) => at(one) - at(other))
}
