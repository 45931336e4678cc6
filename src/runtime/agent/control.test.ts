import { EventEmitter } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { openControl } from './control'

/** Stands for Electron's MessagePortMain. */
class Port extends EventEmitter {
  readonly posted: unknown[] = []
  started = false
  start(): void { this.started = true }
  postMessage(message: unknown): void { this.posted.push(message) }
}

afterEach(() => { Reflect.deleteProperty(process, 'parentPort') })

function underElectron() {
  const parent = new EventEmitter()
  Reflect.set(process, 'parentPort', parent)
  const messages: unknown[] = []
  const closed: string[] = []
  const control = openControl({ onMessage: (message) => messages.push(message), onClose: (why) => closed.push(why) })
  return { parent, messages, closed, control }
}

test('messages travel over the port that the first message brings', () => {
  const { parent, messages, closed, control } = underElectron()
  const port = new Port()
  control.send({ kind: 'changed' })
  parent.emit('message', { data: null, ports: [port] })
  port.emit('message', { data: { kind: 'stop' } })
  control.send({ kind: 'log', level: 'info', text: 'hello' })
  expect(port.started).toBe(true)
  expect(messages).toEqual([{ kind: 'stop' }])
  expect(port.posted).toEqual([{ kind: 'changed' }, { kind: 'log', level: 'info', text: 'hello' }])
  port.emit('close')
  expect(closed).toEqual(['the control channel closed'])
})

test('a first message without a port ends it', () => {
  const { parent, closed } = underElectron()
  parent.emit('message', { data: null, ports: [] })
  expect(closed).toHaveLength(1)
})
