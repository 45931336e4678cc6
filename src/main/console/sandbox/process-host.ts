/** The port through which agent processes are forked. Plain Node and Electron each have an adapter. */
import type { Result } from '../../../core/base'
import type { FromAgent, ToAgent } from '../../../contract/agent'

export interface AgentExit {
  readonly code: number | null
  /** Where the host can tell: the signal that ended it. */
  readonly signal: string | null
}

export type AgentSignal = 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'

export interface AgentProcess {
  readonly pid: number
  /** Never throws; does nothing once the process has ended. */
  post(message: ToAgent): void
  /** Messages are parsed; what is not of the protocol never gets here. */
  onMessage(listener: (message: FromAgent) => void): void
  /** Called once. */
  onExit(listener: (exit: AgentExit) => void): void
  /** False where the process is gone already or the system has no such signal. */
  kill(signal: AgentSignal): boolean
}

export interface ProcessHost {
  /** `name` is for people who read a list of processes. */
  fork(name: string): Promise<Result<AgentProcess, 'start-failed'>>
}
