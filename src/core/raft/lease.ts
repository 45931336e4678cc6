/**
 * When a leader may answer a read by itself (thesis, section 6.4.1). A quorum answered a heartbeat that was sent at `startedAtTick`;
 * each of them refuses its vote for an election timeout from when it got it, so no other leader is chosen before that has passed on its
 * clock. Clocks differ, by less than the stated drift.
 */
export class Lease {
  #startedAtTick: number | null = null
  #isVoid = false

  /** A quorum has answered what was sent at `tick`. */
  renew(tick: number): void {
    if (this.#startedAtTick === null || tick > this.#startedAtTick) this.#startedAtTick = tick
  }

  /** For the rest of the reign: someone was told to stand for election, and its voters do not heed the lease. */
  void(): void {
    this.#isVoid = true
  }

  clear(): void {
    this.#startedAtTick = null
    this.#isVoid = false
  }

  holds(tick: number, lengthTicks: number): boolean {
    return !this.#isVoid && this.#startedAtTick !== null && tick - this.#startedAtTick < lengthTicks
  }
}
