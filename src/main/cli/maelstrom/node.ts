/**
 * One node on the workbench: it is told who it is and who the others are (init), then answers clients and talks with the other nodes.
 */
import { errorBody, parseMessage, stringsOf, type Body, type Message } from './message'
import type { OpenWorkload, Workload } from './workload'

export interface NodeOptions {
  readonly open: OpenWorkload
  /** One line, without its end. */
  readonly writeLine: (line: string) => void
  readonly log: (text: string) => void
  readonly nowMs: () => number
}

export class MaelstromNode {
  readonly #options: NodeOptions
  readonly #timers = new Set<NodeJS.Timeout>()
  #nodeId = ''
  #nodeIds: readonly string[] = []
  #workload: Workload | null = null
  #nextMessage = 1

  constructor(options: NodeOptions) {
    this.#options = options
  }

  line(text: string): void {
    if (text.trim() === '') return
    const message = parseMessage(text)
    if (message === null) {
      this.#options.log(`A line that is no message was left out: ${text.slice(0, 200)}`)
      return
    }
    if (this.#workload !== null && this.#nodeIds.includes(message.src)) this.#workload.hear(message.src, message.body)
    else if (message.body.type === 'init') this.#init(message)
    else this.#request(message)
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#workload?.stop()
    this.#workload = null
  }

  #init(message: Message): void {
    const { node_id: nodeId, node_ids: ids } = message.body
    const nodeIds = stringsOf(ids)
    if (typeof nodeId !== 'string' || nodeIds === null || !nodeIds.includes(nodeId) || new Set(nodeIds).size < nodeIds.length) {
      if (this.#workload === null) this.#nodeId = message.dest
      this.#answer(message, errorBody('malformedRequest', 'init names a node_id that is one of node_ids, each named once.'))
      return
    }
    if (this.#workload === null) {
      this.#nodeId = nodeId
      this.#nodeIds = nodeIds
      this.#workload = this.#options.open({
        nodeId, nodeIds,
        send: (to, body) => { this.#write(to, body) },
        log: this.#options.log,
        nowMs: this.#options.nowMs,
        every: (periodMs, run) => void this.#timers.add(setInterval(run, periodMs)),
      })
    }
    this.#answer(message, { type: 'init_ok' })
  }

  #request(message: Message): void {
    const { type } = message.body
    if (this.#workload === null) {
      this.#nodeId = message.dest
      this.#answer(message, errorBody('temporarilyUnavailable', 'This node was not told yet who it is.'))
      return
    }
    let isAnswered = false
    const isKnown = this.#workload.request(message.body, (reply) => {
      if (isAnswered) return
      isAnswered = true
      this.#answer(message, reply)
    })
    if (!isKnown) this.#answer(message, errorBody('notSupported', `This workload has no request of type ${type}.`))
  }

  #answer(request: Message, body: Body): void {
    const { msg_id: asked } = request.body
    // Without an id nobody waits for an answer.
    if (typeof asked === 'number') this.#write(request.src, { ...body, msg_id: this.#nextMessage++, in_reply_to: asked })
  }

  #write(dest: string, body: Body): void {
    this.#options.writeLine(JSON.stringify({ src: this.#nodeId, dest, body }))
  }
}
