/** Lines for a person who looks into a node. Not the replicated log. */
export interface Log {
  info(text: string): void
  warn(text: string): void
  error(text: string): void
}
