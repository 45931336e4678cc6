/** How a command ends: what goes to standard output, what to standard error, and the exit code. */
import type { Failure } from '../../core/base'
import { EXIT, type ExitCode } from './exit-codes'

export interface Outcome {
  /** One of `EXIT`, but for a command that ends as the one it ran. */
  readonly exitCode: number
  readonly stdout?: string
  readonly stderr?: string
}

const REJECTED = ['tls-failed', 'certificate-rejected', 'auth-failed', 'not-etcd', 'bad-certificate', 'different-clusters']

export function exitCodeOf(code: string): ExitCode {
  if (REJECTED.includes(code)) return EXIT.rejected
  if (code === 'unreachable' || code === 'disconnected' || code === 'no-console') return EXIT.unreachable
  if (code === 'usage' || code === 'invalid-input') return EXIT.usage
  return EXIT.failed
}

export function failed({ code, message, hint }: Failure): Outcome {
  return { exitCode: exitCodeOf(code), stderr: `✗ ${message}${hint === undefined ? '' : `\n  What to do: ${hint}`}\n` }
}

export const printed = (stdout: string, exitCode: Outcome['exitCode'] = EXIT.ok): Outcome => ({ exitCode,
  stdout: stdout.endsWith('\n') ? stdout : `${stdout}\n` })
