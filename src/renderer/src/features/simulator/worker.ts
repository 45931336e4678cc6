/** The worker in which the simulator runs. It answers every request with a frame, in the order asked. */
import { SimulatorSession } from './session'
import type { FromSimulator, ToSimulator } from './messages'

let session: SimulatorSession | null = null

const tell = (message: FromSimulator): void => { self.postMessage(message) }

function receive(request: ToSimulator): void {
  if (request.kind === 'open') session = new SimulatorSession(request.plan, request.originMs)
  if (!session) return
  if (request.kind === 'go-to') session.goTo(request.atMs)
  else if (request.kind === 'step') session.step()
  else if (request.kind === 'inject') session.inject(request.fault)
  else if (request.kind === 'explain') {
    const shortest = session.explain()
    if (shortest) tell({ kind: 'explained', shortest })
    return
  }
  tell({ kind: 'frame', frame: session.frame() })
}

self.addEventListener('message', (event: MessageEvent<ToSimulator>) => {
  try {
    receive(event.data)
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
})
