/**
 * Kills agent processes that outlive the console. An agent ends by itself when its control channel closes, but one that is
 * stopped by SIGSTOP cannot notice. A tiny shell outside the console's process group reads `add PID` and `remove PID` from
 * a pipe; when the pipe ends, in whatever way the console died, it continues and kills the processes still listed. The
 * start time of each (or its command, where there is no /proc) guards against a process id that was given away again.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { SANDBOX_LIMITS } from './limits'

const SHELL = '/bin/sh'
const SCRIPT = `
trap '' INT TERM HUP QUIT
mark_of() {
  if [ -r /proc/self/stat ]; then
    line=
    { read -r line < "/proc/$1/stat"; } 2>/dev/null || return 1
    set -- \${line##*) }
    shift 19 && echo "$1"
  else
    ps -o lstart= -o comm= -p "$1" | tr -d ' '
  fi
}
list=
while read -r verb pid; do
  kept=
  for each in $list; do [ "\${each%%:*}" = "$pid" ] || kept="$kept $each"; done
  list=$kept
  if [ "$verb" = add ]; then mark=$(mark_of "$pid") && list="$list $pid:$mark"; fi
done
for each in $list; do
  pid=\${each%%:*}
  if [ "$(mark_of "$pid")" = "\${each#*:}" ]; then kill -KILL "$pid"; kill -CONT "$pid"; fi
done 2>/dev/null
`

export interface Reaper {
  add(pid: number): void
  remove(pid: number): void
  /** Ends the shell. What is still listed is killed. */
  close(): void
}

export interface ReaperOptions {
  readonly log: { warn(text: string): void }
}

/** Does nothing where there is no /bin/sh: there agents have their control channel only. */
export function createReaper({ log }: ReaperOptions): Reaper {
  if (process.platform === 'win32' || !existsSync(SHELL)) return { add: () => {}, remove: () => {}, close: () => {} }
  const listed = new Set<number>()
  let shell: ChildProcess | null = null
  let restarts = 0
  let closed = false

  const say = (line: string): void => void shell?.stdin?.write(`${line}\n`)
  const start = (): void => {
    // A group of its own: Ctrl+C in the console's terminal must not end it first.
    const child = spawn(SHELL, ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/', env: { PATH: '/usr/bin:/bin' } })
    shell = child
    child.unref()
    child.stdin.on('error', () => {})
    const gone = (): void => {
      if (shell !== child) return
      shell = null
      if (closed) return
      restarts += 1
      if (restarts > SANDBOX_LIMITS.reaperRestartsMax) return log.warn('The process that ends left-over nodes keeps failing. Nodes that are paused may outlive the console.')
      start()
      for (const pid of listed) say(`add ${pid}`)
    }
    child.on('error', gone)
    child.on('exit', gone)
  }

  return {
    add: (pid) => {
      listed.add(pid)
      if (closed) return
      if (!shell) start()
      say(`add ${pid}`)
    },
    remove: (pid) => {
      listed.delete(pid)
      say(`remove ${pid}`)
    },
    close: () => {
      closed = true
      shell?.stdin?.end()
    },
  }
}
