/** A Channel over a local socket: one core/base JSON line a message. */
import type { Socket } from 'node:net'
import { fromJson, toJson } from '../../../core/base'
import { WIRE_LIMITS, type Channel } from '../../../contract/wire'
import { UNSENT_BYTES_MAX } from './limits'

/** Calls `onLine` for each whole line; false: one was too long and the socket was ended. */
export function readLines(socket: Socket, onLine: (line: string) => void): void {
  let parts: string[] = []
  let characters = 0
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = text.split('\n')
    for (const [i, line] of lines.entries()) {
      parts.push(line)
      characters += line.length
      if (characters > WIRE_LIMITS.messageBytesMax) { socket.destroy(); return }
      if (i === lines.length - 1) return
      const whole = parts.join('')
      parts = []
      characters = 0
      if (whole !== '') onLine(whole)
    }
  })
}

/** `lines`: who reads the socket already; the channel takes over what comes from now on. */
export function socketChannel(socket: Socket, lines: { onLine: (line: string) => void }): Channel {
  const closeListeners: (() => void)[] = []
  let closed = false
  socket.once('close', () => {
    closed = true
    for (const listener of closeListeners) listener()
  })
  return {
    post: (message) => {
      if (closed) return
      socket.write(`${toJson(message)}\n`)
      if (socket.writableLength > UNSENT_BYTES_MAX) socket.destroy()
    },
    onMessage: (listener) => {
      lines.onLine = (line) => {
        try {
          listener(fromJson(line))
        } catch {
          socket.destroy()
        }
      }
    },
    onClose: (listener) => void closeListeners.push(listener),
    close: () => void socket.end(),
  }
}
