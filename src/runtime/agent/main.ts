/** The entry of a node process. The first message decides whether it is a node or a load generator. */
import { AssertionError, unreachable, type Failure } from '../../core/base'
import type { Control, ControlOutcome } from '../../core/machine'
import type { AgentFailureCode, Behaviour, LinkRule, LoadStart, NodeStart, PeerAddress, ToAgent } from '../../contract/agent'
import { commandSigner, readPrivateKey } from '../signer'
import { openControl } from './control'
import { AGENT_PROCESS_LIMITS } from './limits'
import { LoadGenerator } from './load'
import { startNode, type RunningNode } from './node'
import { parseToAgent } from './parse'

const EXIT = { stopped: 0, failed: 1, abandoned: 2 } as const

type Role = { readonly kind: 'none' } | { readonly kind: 'starting' } | { readonly kind: 'node'; readonly node: RunningNode } | { readonly kind: 'load'; readonly load: LoadGenerator }

let role: Role = { kind: 'none' }
/** Rules that came before the node was up hold from its first frame on. */
let rules: readonly LinkRule[] = []
let behaviour: Behaviour = 'honest'
let addresses: readonly PeerAddress[] | null = null
let ending = false
let stopAsked = false

const control = openControl({
  onMessage: (message) => {
    const parsed = parseToAgent(message)
    if (typeof parsed === 'string') failed({ code: 'bad-start', message: `A control message cannot be read: ${parsed}.`, hint: 'Use a console and nodes of the same version.' })
    else receive(parsed)
  },
  onClose: () => { end(EXIT.abandoned) },
})
const patience = setTimeout(() => { if (role.kind === 'none') end(EXIT.abandoned) }, AGENT_PROCESS_LIMITS.firstMessageTimeoutMs)

process.on('uncaughtException', (error) => {
  const invariant = error instanceof AssertionError
  failed({
    code: 'invariant-broken',
    message: `The node stopped because ${invariant ? 'an invariant does not hold' : 'of an error that nothing expected'}: ${error.message}`,
    hint: 'Start the node again. If it happens again, keep the data folder and report the message.',
  }, error.stack)
})
process.on('SIGTERM', () => { end(EXIT.stopped) })
// A terminal sends it to the whole group; the console decides when its nodes end.
process.on('SIGINT', () => { /* the control channel closes if the console goes */ })

function receive(message: ToAgent): void {
  if (ending) return
  switch (message.kind) {
    case 'start-node':
      if (role.kind === 'none') startAsNode(message)
      else failed({ code: 'bad-start', message: 'This process runs already.', hint: 'Start another process for another node.' })
      return
    case 'start-load':
      if (role.kind === 'none') startAsLoad(message)
      else failed({ code: 'bad-start', message: 'This process runs already.', hint: 'Start another process for the load.' })
      return
    case 'observe':
      if (role.kind === 'node') control.send({ kind: 'observation', id: message.id, observation: role.node.observe() })
      return
    case 'link-rules':
      rules = message.rules
      if (role.kind === 'node') role.node.setRules(rules)
      return
    case 'behave':
      behaviour = message.behaviour
      if (role.kind === 'node') role.node.behave(behaviour)
      return
    case 'members':
      addresses = message.members
      if (role.kind === 'node') role.node.setAddresses(addresses)
      else if (role.kind === 'load') role.load.setMembers(addresses)
      return
    case 'control':
      askNode(message.id, message.control)
      return
    case 'load-settings':
      if (role.kind === 'load') role.load.adjust(message.settings)
      return
    case 'stop':
      end(EXIT.stopped)
      return
    default: unreachable(message)
  }
}

function askNode(id: number, request: Control): void {
  const answer = (outcome: ControlOutcome): void => { control.send({ kind: 'control-outcome', id, outcome }) }
  if (role.kind === 'node') role.node.control(request, answer)
  else answer({ kind: 'not-leader', leaderId: null })
}

function startAsNode(start: NodeStart): void {
  clearTimeout(patience)
  role = { kind: 'starting' }
  startNode(start, rules, { send: (message) => { control.send(message) }, onFailed: (failure) => { failed(failure) } }).then((started) => {
    if (!started.ok) { failed(started.error); return }
    const node = started.value
    role = { kind: 'node', node }
    node.setRules(rules)
    node.behave(behaviour)
    if (addresses !== null) node.setAddresses(addresses)
    control.send({ kind: 'ready', port: node.port, recoveredEntries: node.recoveredEntries })
    if (stopAsked) finish(EXIT.stopped)
  }, (error: unknown) => { throw error })
}

function startAsLoad(start: LoadStart): void {
  clearTimeout(patience)
  const key = start.clientKeyFile === undefined ? null : readPrivateKey(start.clientKeyFile)
  if (key?.ok === false) {
    failed({ code: 'bad-start', message: `The clients cannot sign: ${key.error.message}`, hint: 'Put the key file of the clients back, or delete the cluster and create it again.' })
    return
  }
  role = { kind: 'load', load: new LoadGenerator(start, key && commandSigner(key.value), (sample) => { control.send({ kind: 'load-sample', sample }) }) }
}

function failed(failure: Failure<AgentFailureCode>, detail?: string): void {
  if (ending) return
  if (detail !== undefined) control.send({ kind: 'log', level: 'error', text: detail.slice(0, 4000) })
  control.send({ kind: 'failed', code: failure.code, message: failure.message.slice(0, 4000), hint: failure.hint ?? 'Start the node again.' })
  ending = true
  exitSoon(EXIT.failed)
  // What the state is, is not known: nothing more is flushed but the message.
  control.flush(() => { process.exit(EXIT.failed) })
}

function end(code: number): void {
  if (ending) return
  stopAsked = true
  exitSoon(code)
  if (role.kind !== 'starting') finish(code)
}

function finish(code: number): void {
  if (ending) return
  ending = true
  const leave = (): void => { control.flush(() => { process.exit(code) }) }
  if (role.kind === 'node') role.node.stop(leave)
  else if (role.kind === 'load') role.load.stop(leave)
  else leave()
}

function exitSoon(code: number): void {
  setTimeout(() => { process.exit(code) }, AGENT_PROCESS_LIMITS.exitTimeoutMs)
}
