import { utf8Decode, utf8Encode } from '../../../src/core/base'
import { write, type Client, type Session } from '../../../src/runtime/client'

const TIMEOUT_MS = 20_000

/**
 * A client whose history can be checked: it alone counts its counter up with compare-and-swap, and leaves a key of its own
 * for each count. An operation applied twice shows as a mismatch that nobody else can have caused.
 */
export class CountingWriter {
  readonly name: string
  /** The last count that was acknowledged. */
  acknowledged = 0
  /** Keys acknowledged. */
  readonly keys: string[] = []
  readonly problems: string[] = []
  unknownOutcomes = 0
  private readonly client: Client
  private stopped = false
  private ended: Promise<void> = Promise.resolve()

  constructor(client: Client, name: string) {
    this.client = client
    this.name = name
  }

  async start(): Promise<void> {
    const opened = await this.client.openSession(TIMEOUT_MS)
    if (!opened.ok) throw new Error(opened.error.message)
    this.ended = this.run(opened.value)
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.ended
  }

  /** What is wrong with what the cluster holds now. */
  async check(): Promise<string[]> {
    const problems = [...this.problems]
    const held = await this.client.get(`count/${this.name}`, TIMEOUT_MS)
    const count = held.ok && held.value !== null ? Number(utf8Decode(held.value)) : 0
    if (!held.ok) problems.push(`${this.name}: ${held.error.message}`)
    else if (count !== this.acknowledged) problems.push(`${this.name}: counted to ${this.acknowledged}, the cluster holds ${count}`)
    const there = new Set<string>()
    for (let from = `key/${this.name}/`, more = true; more;) {
      const page = await this.client.list(from, 1000, TIMEOUT_MS)
      if (!page.ok) return [...problems, `${this.name}: ${page.error.message}`]
      for (const { key } of page.value.pairs) there.add(key)
      const last = page.value.pairs.at(-1)?.key
      more = page.value.more && last !== undefined && last.startsWith(`key/${this.name}/`)
      from = `${last ?? ''}\0`
    }
    for (const key of this.keys) if (!there.has(key)) problems.push(`${key} was acknowledged and is lost`)
    return problems
  }

  private async run(session: Session): Promise<void> {
    while (!this.stopped) {
      const next = this.acknowledged + 1
      const expected = this.acknowledged === 0 ? null : utf8Encode(String(this.acknowledged))
      const counted = await write(session, { kind: 'compare-and-swap', key: `count/${this.name}`, expected, value: utf8Encode(String(next)) }, performance.now() + TIMEOUT_MS)
      if (counted.kind !== 'done') {
        this.problems.push(`${this.name}: counting to ${next} ended with ${JSON.stringify(counted)}`)
        return
      }
      this.acknowledged = next
      const key = `key/${this.name}/${String(next).padStart(8, '0')}`
      const put = await write(session, { kind: 'put', key, value: utf8Encode('x'.repeat(64)) }, performance.now() + TIMEOUT_MS)
      if (put.kind === 'done') this.keys.push(key)
      else if (put.kind === 'unknown') this.unknownOutcomes += 1
      else this.problems.push(`${key} ended with ${JSON.stringify(put)}`)
    }
  }
}
