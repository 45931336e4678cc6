/** One member's channel: every call has its own deadline, and a dead member holds up nobody else. */
import {
  Client, connectivityState, credentials, Metadata, status as Code, type ChannelOptions, type MethodDefinition, type ServiceError,
} from '@grpc/grpc-js'
import * as v from 'valibot'
import { fail, ok, type Result } from '../../../../core/base'
import { ANSWER_BYTES_MAX, KEEPALIVE_MS, KEEPALIVE_TIMEOUT_MS, RECONNECT_BACKOFF_MS_MAX } from './limits'
import type { TlsMaterial } from './pem'
import { authenticateSchema, memberListSchema, METHODS, statusSchema, type EtcdMember, type EtcdStatus } from './protocol'

export type CallOutcome<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: ServiceError }

const CHANNEL_OPTIONS: ChannelOptions = {
  // A member is dialled directly: no proxy from the environment, no sharing of connections, no retries behind our back.
  'grpc.enable_http_proxy': 0,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': RECONNECT_BACKOFF_MS_MAX,
  'grpc.keepalive_time_ms': KEEPALIVE_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  'grpc.max_receive_message_length': ANSWER_BYTES_MAX,
}

function channelCredentials(tls: TlsMaterial | null) {
  if (tls === null) return credentials.createInsecure()
  const buffer = (pem: string | null): Buffer | null => (pem === null ? null : Buffer.from(pem))
  return credentials.createSsl(buffer(tls.ca), buffer(tls.key), buffer(tls.certificate))
}

export class EtcdEndpoint {
  readonly endpoint: string
  readonly #tls: TlsMaterial | null
  #client: Client

  constructor(endpoint: string, tls: TlsMaterial | null) {
    this.endpoint = endpoint
    this.#tls = tls
    this.#client = this.#dial()
  }

  #dial(): Client {
    const name = this.#tls?.serverName ?? null
    const options = name === null ? CHANNEL_OPTIONS : { ...CHANNEL_OPTIONS, 'grpc.ssl_target_name_override': name, 'grpc.default_authority': name }
    return new Client(this.endpoint, channelCredentials(this.#tls), options)
  }

  /** True where a connection stands, so that a call's duration is a round trip and not a handshake. */
  get connected(): boolean {
    return this.#client.getChannel().getConnectivityState(false) === connectivityState.READY
  }

  async status(token: string | null, deadlineMs: number): Promise<CallOutcome<EtcdStatus>> {
    return this.#call(METHODS.status, {}, statusSchema, token, deadlineMs)
  }

  /** The member list as this member itself knows it; serializable, so it is answered without a quorum. */
  async memberList(token: string | null, deadlineMs: number): Promise<CallOutcome<readonly EtcdMember[]>> {
    const answer = await this.#call(METHODS.memberList, { linearizable: false }, memberListSchema, token, deadlineMs)
    return answer.ok ? { ok: true, value: answer.value.members } : answer
  }

  /** A token for calls to follow. */
  async authenticate(user: string, password: string, deadlineMs: number): Promise<CallOutcome<string>> {
    const answer = await this.#call(METHODS.authenticate, { name: user, password }, authenticateSchema, null, deadlineMs)
    return answer.ok ? { ok: true, value: answer.value.token } : answer
  }

  /** A connection that lost its other end without a word would be waited on for minutes. Calls still open on it are cut off. */
  redial(): void {
    const old = this.#client
    this.#client = this.#dial()
    old.close()
  }

  close(): void {
    this.#client.close()
  }

  async #call<Schema extends v.GenericSchema>(
    method: MethodDefinition<object, object>, request: object, schema: Schema, token: string | null, deadlineMs: number,
  ): Promise<CallOutcome<v.InferOutput<Schema>>> {
    const metadata = new Metadata()
    if (token !== null) metadata.set('token', token)
    const outcome = await new Promise<CallOutcome<object>>((resolve) => {
      this.#client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, request, metadata,
        { deadline: deadlineMs }, (error, value) => {
          if (error !== null) resolve({ ok: false, error })
          else resolve({ ok: true, value: value ?? {} })
        })
    })
    if (!outcome.ok) return outcome
    const parsed = parse(schema, outcome.value)
    return parsed.ok ? parsed : { ok: false, error: strangeAnswer(parsed.error.message) }
  }
}

function parse<Schema extends v.GenericSchema>(schema: Schema, value: unknown): Result<v.InferOutput<Schema>, 'strange'> {
  const result = v.safeParse(schema, value)
  return result.success ? ok(result.output) : fail('strange', result.issues[0].message)
}

function strangeAnswer(why: string): ServiceError {
  return Object.assign(new Error(why), { code: Code.UNIMPLEMENTED, details: `the answer is not etcd's: ${why}`, metadata: new Metadata() })
}
