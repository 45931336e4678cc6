/** Links of a large cluster, bundled by failure domain: what is whole is counted, what is broken is kept one by one. */
import type { DrawingLink } from './glyphs'

export interface Bundle {
  readonly fromDomain: string
  readonly toDomain: string
  readonly links: number
  readonly down: number
}

export interface BundledLinks {
  readonly bundles: readonly Bundle[]
  /** Directed links that are down, drawn one by one. */
  readonly broken: readonly DrawingLink[]
}

export function bundleLinks(links: readonly DrawingLink[], domainOf: ReadonlyMap<string, string | undefined>): BundledLinks {
  const bundles = new Map<string, { fromDomain: string; toDomain: string; links: number; down: number }>()
  const broken: DrawingLink[] = []
  for (const link of links) {
    if (link.state === 'down') broken.push(link)
    const [a, b] = [domainOf.get(link.from), domainOf.get(link.to)]
    if (a === undefined || b === undefined || a === b) continue
    const [fromDomain, toDomain] = a < b ? [a, b] : [b, a]
    const key = `${fromDomain}\n${toDomain}`
    const bundle = bundles.get(key) ?? { fromDomain, toDomain, links: 0, down: 0 }
    bundle.links += 1
    if (link.state === 'down') bundle.down += 1
    bundles.set(key, bundle)
  }
  return { bundles: [...bundles.values()], broken }
}
