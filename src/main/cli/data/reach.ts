/** From the name of a cluster to its members: the console that runs it tells where they are, and is asked nothing more. */
import { PROTOCOL_NAMES } from '../../../contract/sandbox'
import { connectCluster, type OperationClient } from '../../../runtime/client'
import { commandSigner, readPrivateKey } from '../../../runtime/signer'
import { failed, type Outcome } from '../outcome'
import { onCluster } from '../sandbox'

export interface DataOptions {
  readonly cluster?: string
  readonly json?: boolean
  readonly timeout: string
  readonly data: string
}

export interface Reached {
  readonly cluster: { readonly id: string; readonly name: string }
  readonly client: OperationClient
  /** For one exchange with the members. */
  readonly timeoutMs: number
}

const LOOPBACK = '127.0.0.1'

export async function reach(options: Pick<DataOptions, 'cluster' | 'data'>, timeoutMs: number, work: (reached: Reached) => Promise<Outcome>): Promise<Outcome> {
  return onCluster(options.data, options.cluster, async (connection, { id, name }) => {
    const state = await connection.call('sandbox.state', { clusterId: id })
    if (!state.ok) return failed(state.error)
    const { phase, protocol, nodes, clientKeyFile } = state.value
    if (phase === 'stopped' || phase === 'stopping') {
      return failed({ code: 'wrong-state', message: `${name} (${PROTOCOL_NAMES[protocol]}) is ${phase}.`, hint: `Start it with \`quorate sandbox up ${JSON.stringify(name)}\`.` })
    }
    const key = clientKeyFile === undefined ? null : readPrivateKey(clientKeyFile)
    if (key?.ok === false) {
      return failed({ code: 'wrong-state', message: `A client of ${name} cannot sign its commands: ${key.error.message}`, hint: `Put ${clientKeyFile ?? ''} back, or delete the cluster and create it again.` })
    }
    // Those that are down too: how many have to say the same is counted from all of them.
    const members = nodes.map(({ nodeId, port }) => ({ nodeId, host: LOOPBACK, port }))
    const client = connectCluster({ members, clusterId: id, protocol, ...(key === null ? {} : { signCommand: commandSigner(key.value) }) })
    try {
      return await work({ cluster: { id, name }, client, timeoutMs })
    } finally {
      client.close()
    }
  })
}
