/** Serves the clients of a node: their commands and queries go to the driver, its outcomes go back as replies. */
import { encodeReply, decodeRequest, type ClientReply, type ClientRequest } from '../../core/wire'
import type { PeerAddress } from '../../contract/agent'
import type { NodeDriver } from '../driver'
import type { ClientConnection, ClientHandlers } from '../tcp'
import { AGENT_PROCESS_LIMITS } from './limits'

export interface RequestHost {
  readonly driver: () => NodeDriver
  readonly addressOf: (nodeId: string) => PeerAddress | undefined
  readonly onClients: (change: 1 | -1) => void
  /** What a client may propose. */
  readonly accepts: (command: Uint8Array) => boolean
  /** What becomes of an answer on its way out: as it is, another one from a node that lies, or null for none. */
  readonly told: (reply: Uint8Array) => Uint8Array | null
}

export function serveClient(connection: ClientConnection, host: RequestHost): ClientHandlers {
  let waiting = 0
  const reply = (each: ClientReply): void => { connection.send(encodeReply(each)) }
  const answer = (id: number, payload: Uint8Array): void => {
    const told = host.told(payload)
    if (told !== null) reply({ code: 'ok', id, payload: told })
  }
  const notLeader = (id: number, leaderId: string | null): void => {
    const leader = leaderId === null ? undefined : host.addressOf(leaderId)
    reply({ code: 'not-leader', id, leaderId: leader?.nodeId ?? '', host: leader?.host ?? '', port: leader?.port ?? 0 })
  }
  const handle = ({ kind, id, payload }: ClientRequest): void => {
    const driver = host.driver()
    if (kind === 'who-leads') {
      const { isLeader, term, leaderId } = driver.machine.status()
      if (isLeader) reply({ code: 'leading', id, term })
      else notLeader(id, leaderId)
      return
    }
    if (waiting >= AGENT_PROCESS_LIMITS.requestsPerClientMax) { reply({ code: 'busy', id }); return }
    waiting += 1
    if (kind === 'propose') {
      if (!host.accepts(payload)) {
        waiting -= 1
        reply({ code: 'malformed', id })
        return
      }
      driver.propose(payload, (outcome) => {
        waiting -= 1
        switch (outcome.kind) {
          case 'applied': answer(id, outcome.reply); return
          case 'not-leader': notLeader(id, outcome.leaderId); return
          case 'busy':
          case 'too-large': reply({ code: outcome.kind, id }); return
          case 'unknown': reply({ code: 'unknown', id })
        }
      }, (tentative, view) => {
        const told = host.told(tentative)
        if (told !== null) reply({ code: 'tentative', id, view, payload: told })
      })
      return
    }
    driver.read(payload, (outcome) => {
      waiting -= 1
      switch (outcome.kind) {
        case 'answered': answer(id, outcome.reply); return
        case 'not-leader': notLeader(id, outcome.leaderId); return
        case 'busy': reply({ code: 'busy', id }); return
        case 'dropped': reply({ code: 'unknown', id })
      }
    })
  }
  host.onClients(1)
  return {
    onFrame: (frame) => {
      const request = decodeRequest(frame)
      if (request === undefined) connection.close()
      else handle(request)
    },
    onClose: () => { host.onClients(-1) },
  }
}
