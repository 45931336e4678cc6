/**
 * From a derivation to what a drawing of the cluster shows: glyphs, words and weights. Pure. What it gives fits the props of
 * `ui/drawing`, which knows nothing of clusters.
 */
import { fenceNumber, fenceText } from '../fence/fence'
import { isUnknown, type Measured, type NodeObservation, type Role } from '../../../../core/observation'
import type { ClusterDerivation, TopologyLink, TopologyNode } from '../../../../core/observe/types'
import type { FaultInForce, NodeProcessState } from '../../../../contract/sandbox'

export type Say = (key: string, parameters?: Readonly<Record<string, string | number>>) => string

export type Glyph = Role | 'down' | 'paused' | 'unknown'

export interface DrawnNode {
  readonly id: string
  readonly name: string
  readonly glyph: Glyph
  readonly roleText: string
  readonly epoch: bigint | null
  readonly epochText: string | null
  readonly stale: boolean
  readonly domain: string | undefined
  readonly description: string
}

export interface DrawnLink {
  readonly from: string
  readonly to: string
  readonly state: 'up' | 'down' | 'unknown'
  readonly weight: number
  readonly rttText: string | null
  readonly rateText: string | null
  readonly faulted: boolean
  readonly description: string
}

/** Whom each member says it follows, where links are not measured at all; nothing is said of the leader itself. */
export function followsOf(observations: readonly NodeObservation[]): readonly { readonly from: string; readonly to: string }[] {
  return observations.flatMap((observation) => {
    const leaderId = observation.reachability === 'ok' ? observation.groups[0]?.leaderId : null
    return typeof leaderId === 'string' && leaderId !== observation.nodeId ? [{ from: observation.nodeId, to: leaderId }] : []
  })
}

/** What the sandbox knows of its processes, by member; empty elsewhere. */
export type ProcessStates = ReadonlyMap<string, NodeProcessState>

export function glyphOf(node: TopologyNode, processes: ProcessStates): Glyph {
  if (processes.get(node.id) === 'paused') return 'paused'
  if (node.reachability === 'unknown') return 'unknown'
  if (node.reachability !== 'ok') return 'down'
  if (isUnknown(node.role)) return 'unknown'
  return node.role
}

export function drawingNodes(nodes: readonly TopologyNode[], processes: ProcessStates, say: Say): readonly DrawnNode[] {
  return nodes.map((node) => {
    const glyph = glyphOf(node, processes)
    const roleText = say(`drawing.roles.${glyph}`)
    const voting = node.half !== undefined ? `${roleText} · ${say(`drawing.halves.${node.half}`)}` : node.voter ? roleText : `${roleText} · ${say('drawing.nonVoter')}`
    const epoch = isUnknown(node.fence) ? null : node.fence
    const epochText = epoch === null ? null : `${say(`drawing.epochLetter.${epoch.kind}`)}${fenceText(epoch)}`
    const shownRole = node.stale && glyph !== 'down' ? `${voting} · ${say('drawing.stale')}` : voting
    // What is read out begins with what is seen.
    const seen = [node.name, shownRole, epochText].filter(Boolean).join(' ')
    return {
      id: node.id, name: node.name, glyph, roleText: shownRole,
      epochText, epoch: epoch === null ? null : fenceNumber(epoch), stale: node.stale, domain: node.domain,
      description: [seen, node.stale && glyph === 'down' ? say('drawing.stale') : null, node.domain].filter(Boolean).join(', '),
    }
  })
}

/** Heavier is nearer: a link within a host is 4 px, one around the world 1 px. */
export function weightOf(rttMs: Measured<number>): number {
  if (isUnknown(rttMs)) return 1.5
  return Math.round(Math.max(1, Math.min(4, 3.4 - Math.log10(Math.max(0.05, rttMs)) * 0.9)) * 10) / 10
}

export function rttText(rttMs: Measured<number>, locale: string): string | null {
  if (isUnknown(rttMs)) return null
  const digits = rttMs < 1 ? 2 : rttMs < 10 ? 1 : 0
  return `${new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(rttMs)} ms`
}

/** The kinds sent on a link now, the busiest first, each per second; null where nothing is sent. */
export function ratesOf(link: TopologyLink): readonly { readonly kind: string; readonly perSecond: number }[] {
  return Object.entries(link.messagesPerSecond)
    .map(([kind, perSecond]) => ({ kind, perSecond }))
    .filter((rate) => rate.perSecond >= 0.05)
    .sort((a, b) => b.perSecond - a.perSecond || a.kind.localeCompare(b.kind))
}

/** Kinds named on one link; the rest is added up. */
const RATE_KINDS_SHOWN = 2

export function rateText(link: TopologyLink, say: Say, locale: string): string | null {
  const rates = ratesOf(link)
  if (rates.length === 0) return null
  const number = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 })
  const named = rates.slice(0, RATE_KINDS_SHOWN).map((rate) => `${kindText(rate.kind, say)} ${number.format(rate.perSecond)}`)
  const rest = rates.slice(RATE_KINDS_SHOWN).reduce((sum, rate) => sum + rate.perSecond, 0)
  return `${named.join(' · ')}${rest > 0 ? ` · +${number.format(rest)}` : ''}/s`
}

const KNOWN_KINDS = new Set([
  'read-request', 'read-response', 'snapshot-offer', 'snapshot-request', 'snapshot-chunk', 'snapshot-response', 'chosen', 'confirm', 'confirmed', 'decided', 'learn', 'refusal',
  'batch', 'entries', 'evidence', 'stable', 'offer', 'fetch', 'fetch-batch', 'fetch-chunk', 'chunk',
  'append', 'append-request', 'append-response', 'heartbeat', 'heartbeat-request', 'heartbeat-response', 'vote-request', 'vote-response',
  'pre-vote-request', 'pre-vote-response', 'snapshot', 'timeout-now', 'forward',
  'pre-prepare', 'prepare', 'commit', 'checkpoint', 'view-change', 'new-view', 'request', 'status', 'promise', 'accept', 'accepted',
])
/** In the user's words where the kind is a known one; otherwise the protocol's own word. */
export const kindText = (kind: string, say: Say): string => (KNOWN_KINDS.has(kind) ? say(`drawing.kinds.${kind}`) : kind)

export function faultedLinks(faults: readonly FaultInForce[]): ReadonlySet<string> {
  const links = new Set<string>()
  for (const { fault } of faults) {
    if (fault.kind !== 'link') continue
    links.add(`${fault.from}>${fault.to}`)
    if (fault.bothWays) links.add(`${fault.to}>${fault.from}`)
  }
  return links
}

export function drawingLinks(derivation: ClusterDerivation, faults: readonly FaultInForce[], say: Say, locale: string): readonly DrawnLink[] {
  const names = new Map(derivation.topology.nodes.map((node) => [node.id, node.name]))
  const faulted = faultedLinks(faults)
  return derivation.topology.links.map((link) => {
    const rtt = rttText(link.rttMs, locale)
    const rates = rateText(link, say, locale)
    const title = say('drawing.linkTitle', { from: names.get(link.from) ?? link.from, to: names.get(link.to) ?? link.to })
    const isFaulted = faulted.has(`${link.from}>${link.to}`)
    return {
      from: link.from, to: link.to, state: link.state, weight: weightOf(link.rttMs), rttText: rtt, rateText: rates, faulted: isFaulted,
      description: [title, say(`drawing.linkState.${link.state}`), rtt, rates, isFaulted ? say('drawing.faulted') : null].filter((part) => part !== null).join(', '),
    }
  })
}
