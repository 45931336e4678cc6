/**
 * A workbench after Maelstrom's: starts real nodes, carries their messages over a network that delays, loses and parts them, and lets
 * clients ask. Messages of clients are delayed and never lost.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { seededRandom, type Random } from '../../../src/core/base'

export interface Body { readonly type: string; readonly [key: string]: unknown }

interface Message {
  readonly src: string
  readonly dest: string
  readonly body: Body
}

interface Waiting {
  readonly resolve: (body: Body | null) => void
  readonly timer: NodeJS.Timeout
}

export interface Network {
  /** Mean of an exponential distribution. */
  latencyMs: number
  /** Share of the messages between nodes that is lost. */
  loss: number
  /** Share of the messages between nodes that comes twice. */
  duplication: number
  /** Groups of nodes that hear only each other; empty: all hear all. */
  partition: readonly (readonly string[])[]
}

const REQUEST_TIMEOUT_MS = 3_000
const ALPHABET = /^(c\d+|n\d+)$/

export class Workbench {
  readonly nodeIds: readonly string[]
  readonly network: Network = { latencyMs: 0, loss: 0, duplication: 0, partition: [] }
  /** What nodes printed that is no message, and what they sent to nobody. */
  readonly problems: string[] = []
  /** Messages between nodes. */
  carried = 0
  lost = 0
  readonly #random: Random
  readonly #children = new Map<string, ChildProcessWithoutNullStreams>()
  readonly #waiting = new Map<string, Waiting>()
  readonly #exits: Promise<number | null>[] = []
  #nextMessage = 1

  constructor(cliEntry: string, arguments_: readonly string[], nodes: number, seed: number) {
    this.#random = seededRandom(seed)
    this.nodeIds = Array.from({ length: nodes }, (_, i) => `n${i + 1}`)
    for (const id of this.nodeIds) {
      const child = spawn(process.execPath, [cliEntry, 'maelstrom', ...arguments_], { stdio: 'pipe' })
      this.#children.set(id, child)
      this.#exits.push(new Promise((resolve) => child.once('exit', resolve)))
      child.stderr.resume()
      child.stdin.on('error', () => { /* it has ended */ })
      createInterface({ input: child.stdout }).on('line', (line) => { this.#said(id, line) })
    }
  }

  async start(): Promise<void> {
    const answers = await Promise.all(this.nodeIds.map((id) => this.ask('c0', id, { type: 'init', node_id: id, node_ids: this.nodeIds }, 20_000)))
    for (const answer of answers) if (answer?.type !== 'init_ok') throw new Error(`a node answered init with ${JSON.stringify(answer)}`)
  }

  /** Null where no answer came in time. */
  ask(client: string, node: string, body: Body, timeoutMs = REQUEST_TIMEOUT_MS): Promise<Body | null> {
    const id = this.#nextMessage++
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(`${client} ${id}`)
        resolve(null)
      }, timeoutMs)
      this.#waiting.set(`${client} ${id}`, { resolve, timer })
      this.#later({ src: client, dest: node, body: { ...body, msg_id: id } })
    })
  }

  /** A line that no workbench would send. */
  sendRaw(node: string, line: string): void {
    this.#children.get(node)?.stdin.write(`${line}\n`)
  }

  heal(): void {
    Object.assign(this.network, { loss: 0, duplication: 0, partition: [] })
  }

  /** What the nodes end with when standard input ends. */
  async stop(): Promise<(number | null)[]> {
    for (const child of this.#children.values()) child.stdin.end()
    const timer = setTimeout(() => { for (const child of this.#children.values()) child.kill('SIGKILL') }, 5_000)
    const codes = await Promise.all(this.#exits)
    clearTimeout(timer)
    return codes
  }

  #said(from: string, line: string): void {
    let message: Message
    try {
      message = JSON.parse(line) as Message
    } catch {
      this.problems.push(`${from} printed ${line.slice(0, 200)}`)
      return
    }
    const { src, dest } = message
    if (src !== from || !ALPHABET.test(dest) || (dest.startsWith('n') && !this.#children.has(dest))) this.problems.push(`${from} sent ${line.slice(0, 200)}`)
    else if (dest.startsWith('c')) this.#later(message)
    else this.#between(message)
  }

  #between(message: Message): void {
    const { partition, loss, duplication } = this.network
    this.carried++
    if (this.#random.next() < loss || (partition.length > 0 && !partition.some((group) => group.includes(message.src) && group.includes(message.dest)))) {
      this.lost++
      return
    }
    this.#later(message)
    if (this.#random.next() < duplication) this.#later(message)
  }

  #later(message: Message): void {
    const { latencyMs } = this.network
    if (latencyMs === 0) this.#deliver(message)
    else setTimeout(() => { this.#deliver(message) }, -Math.log(1 - this.#random.next()) * latencyMs)
  }

  #deliver({ src, dest, body }: Message): void {
    const child = this.#children.get(dest)
    if (child) {
      child.stdin.write(`${JSON.stringify({ src, dest, body })}\n`)
      return
    }
    const key = `${dest} ${String(body['in_reply_to'])}`
    const waiting = this.#waiting.get(key)
    if (!waiting) return
    this.#waiting.delete(key)
    clearTimeout(waiting.timer)
    waiting.resolve(body)
  }
}
