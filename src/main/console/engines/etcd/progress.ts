/**
 * How far each follower's log matches the leader's, from the leader's /debug/vars ("raft.status", an expvar on the client port:
 * etcdhttp/debug.go). Not part of the API proper, so its absence is normal and leaves the lag unknown.
 */
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import * as v from 'valibot'
import { DEBUG_VARS_BYTES_MAX } from './limits'
import type { TlsMaterial } from './pem'

const index = v.pipe(v.string(), v.regex(/^\d{1,20}$/), v.transform((text) => BigInt(text)))
const raftStatusSchema = v.object({
  raftState: v.string(),
  term: index,
  progress: v.optional(v.record(v.string(), v.object({ match: index, next: index, state: v.string() })), {}),
})
export type RaftStatus = v.InferOutput<typeof raftStatusSchema>

/** Bare JSON numbers above 2^53 would be rounded: digits are quoted before parsing. */
export function parseDebugVars(text: string): RaftStatus | null {
  const at = text.indexOf('"raft.status":')
  if (at < 0) return null
  const start = text.indexOf('{', at)
  let depth = 0
  let end = -1
  for (let i = start; i >= 0 && i < text.length && end < 0; i += 1) {
    if (text[i] === '{') depth += 1
    else if (text[i] === '}') depth -= 1
    if (depth === 0) end = i + 1
  }
  if (end < 0) return null
  try {
    const quoted = text.slice(start, end).replace(/:\s*(\d+)(?=\s*[,}])/g, ':"$1"')
    const parsed = v.safeParse(raftStatusSchema, JSON.parse(quoted))
    return parsed.success ? parsed.output : null
  } catch {
    return null
  }
}

/** Reads it over one connection that is kept, so that a poll costs no TLS handshake. */
export class ProgressReader {
  readonly #url: string
  readonly #request: typeof httpRequest
  readonly #agent: HttpAgent

  constructor(endpoint: string, tls: TlsMaterial | null) {
    this.#url = `${tls === null ? 'http' : 'https'}://${endpoint}/debug/vars`
    this.#request = tls === null ? httpRequest : httpsRequest
    this.#agent = tls === null ? new HttpAgent(KEPT) : new HttpsAgent({ ...KEPT, ...tlsOptions(tls) })
  }

  /** null: not to be had, for whatever reason. */
  async read(timeoutMs: number): Promise<RaftStatus | null> {
    if (timeoutMs <= 0) return null
    const text = await this.#get(timeoutMs)
    return text === null ? null : parseDebugVars(text)
  }

  close(): void {
    this.#agent.destroy()
  }

  #get(timeoutMs: number): Promise<string | null> {
    return new Promise((resolve) => {
      const question = this.#request(this.#url, { agent: this.#agent })
      const giveUp = (): void => {
        clearTimeout(timer)
        resolve(null)
        question.destroy()
      }
      const timer = setTimeout(giveUp, timeoutMs)
      question.on('error', giveUp)
      question.on('response', (answer) => {
        if (answer.statusCode !== 200) { giveUp(); return }
        const parts: Buffer[] = []
        let bytes = 0
        answer.on('data', (part: Buffer) => {
          bytes += part.length
          parts.push(part)
          if (bytes > DEBUG_VARS_BYTES_MAX) giveUp()
        })
        answer.on('error', giveUp)
        answer.on('end', () => {
          clearTimeout(timer)
          resolve(Buffer.concat(parts).toString('utf8'))
        })
      })
      question.end()
    })
  }
}

const KEPT = { keepAlive: true, maxSockets: 1 }

function tlsOptions({ ca, certificate, key, serverName }: TlsMaterial) {
  return {
    ca: ca ?? undefined, cert: certificate ?? undefined, key: key ?? undefined, ...(serverName === null ? {} : { servername: serverName }),
  }
}
