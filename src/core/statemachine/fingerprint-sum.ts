import type { Fingerprint } from './hash'

/** The lanes of a finished fingerprint. */
export interface Print {
  readonly a: number
  readonly b: number
}

/** A sum of fingerprints: equal for equal contents, in whatever order they came; a change costs only itself. */
export class FingerprintSum {
  #a = 0
  #b = 0

  add(print: Print): void {
    this.#a = (this.#a + print.a) | 0
    this.#b = (this.#b + print.b) | 0
  }

  subtract(print: Print): void {
    this.#a = (this.#a - print.a) | 0
    this.#b = (this.#b - print.b) | 0
  }

  addTo(print: Fingerprint): void {
    print.number(this.#a >>> 0)
    print.number(this.#b >>> 0)
  }
}
