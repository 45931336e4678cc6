/** The worker in which the simulator runs. */
import type { ToSimulator } from './messages'
import { Pursuit } from './pursuit'

const pursuit = new Pursuit({
  tell: (message) => { self.postMessage(message) }, nowMs: () => performance.now(),
  // Requests that came meanwhile are tasks that stand before it.
  later: (run) => { setTimeout(run, 0) },
})

self.addEventListener('message', (event: MessageEvent<ToSimulator>) => { pursuit.receive(event.data) })
