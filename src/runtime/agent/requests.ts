/** Serves the clients of a node: their commands and queries go to the driver, its outcomes go back as replies. */
import { isUnknown, knownOr } from '../../core/observation'
import { encodeReply, decodeRequest, type ClientReply, type ClientRequest } from '../../core/wire'
import type { NodeDriver } from '../driver'
import type { ClientConnection, ClientHandlers, TcpMember } from '../tcp'
import { AGENT_PROCESS_LIMITS } from './limits'

export interface RequestHost {
  readonly driver: () => NodeDriver
  readonly members: readonly TcpMember[]
  readonly onClients: (change: 1 | -1) => void
}

export function serveClient(connection: ClientConnection, host: RequestHost): ClientHandlers {
  let waiting = 0
  const reply = (each: ClientReply): void => { connection.send(encodeReply(each)) }
  const notLeader = (id: number, leaderId: string | null): void => {
    const leader = host.members.find(({ nodeId }) => nodeId === leaderId)
    reply({ code: 'not-leader', id, leaderId: leader?.nodeId ?? '', host: leader?.host ?? '', port: leader?.port ?? 0 })
  }
  const handle = ({ kind, id, payload }: ClientRequest): void => {
    const driver = host.driver()
    if (kind === 'who-leads') {
      const { leads, term, leaderId } = leadership(driver)
      if (leads) reply({ code: 'leading', id, term })
      else notLeader(id, leaderId)
      return
    }
    if (waiting >= AGENT_PROCESS_LIMITS.requestsPerClientMax) { reply({ code: 'busy', id }); return }
    waiting += 1
    if (kind === 'propose') {
      driver.propose(payload, (outcome) => {
        waiting -= 1
        switch (outcome.kind) {
          case 'applied': reply({ code: 'ok', id, payload: outcome.reply }); return
          case 'not-leader': notLeader(id, outcome.leaderId); return
          case 'busy':
          case 'too-large': reply({ code: outcome.kind, id }); return
          case 'unknown': reply({ code: 'unknown', id })
        }
      })
      return
    }
    driver.read(payload, (outcome) => {
      waiting -= 1
      switch (outcome.kind) {
        case 'answered': reply({ code: 'ok', id, payload: outcome.reply }); return
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

function leadership(driver: NodeDriver): { readonly leads: boolean; readonly term: number; readonly leaderId: string | null } {
  const { role, fence, leaderId } = driver.describe()
  return { leads: role === 'leader', term: isUnknown(fence) ? 0 : Number(fence.value), leaderId: knownOr(leaderId, null) }
}
