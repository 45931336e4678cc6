/**
 * How far each follower's log matches the leader's, from the leader's /debug/vars ("raft.status", an expvar on the client port:
 * etcdhttp/debug.go). Not part of the API proper, so its absence is normal and leaves the lag unknown.
 */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
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

/** null: not to be had, for whatever reason. */
export async function readRaftStatus(endpoint: string, tls: TlsMaterial | null, timeoutMs: number): Promise<RaftStatus | null> {
  if (timeoutMs <= 0) return null
  const text = await get(`${tls === null ? 'http' : 'https'}://${endpoint}/debug/vars`, tls, timeoutMs)
  return text === null ? null : parseDebugVars(text)
}

function get(url: string, tls: TlsMaterial | null, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const give = (text: string | null): void => {
      clearTimeout(timer)
      resolve(text)
      question.destroy()
    }
    const headers = { connection: 'close' }
    const secure = tls === null ? {} : {
      ca: tls.ca ?? undefined, cert: tls.certificate ?? undefined, key: tls.key ?? undefined, ...(tls.serverName === null ? {} : { servername: tls.serverName }),
    }
    const question = tls === null ? httpRequest(url, { headers, agent: false }) : httpsRequest(url, { headers, agent: false, ...secure })
    const timer = setTimeout(() => { give(null) }, timeoutMs)
    question.on('error', () => { give(null) })
    question.on('response', (answer) => {
      if (answer.statusCode !== 200) { give(null); return }
      const parts: Buffer[] = []
      let bytes = 0
      answer.on('data', (part: Buffer) => {
        bytes += part.length
        parts.push(part)
        if (bytes > DEBUG_VARS_BYTES_MAX) give(null)
      })
      answer.on('error', () => { give(null) })
      answer.on('end', () => { give(Buffer.concat(parts).toString('utf8')) })
    })
    question.end()
  })
}
