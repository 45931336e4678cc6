/**
 * Members that answer the console and say nothing to the others. One word for it may be a lie, so it takes that of f + 1 others, of
 * whom one is honest.
 */
import { isUnknown } from '../observation'
import { ByzantineQuorum } from '../quorum'
import type { Voice } from './survey'

export function muteAmong(voters: readonly Voice[], silentAfterMs: number): readonly string[] {
  const { weakSize } = new ByzantineQuorum(voters.map(({ id }) => id))
  return voters.filter(({ id }) => {
    const missing = voters.filter((other) => other.id !== id && other.answering && other.group?.peers.some((peer) =>
      peer.id === id && !isUnknown(peer.lag.silentForMs) && peer.lag.silentForMs > silentAfterMs))
    return missing.length >= weakSize
  }).map(({ id }) => id)
}
