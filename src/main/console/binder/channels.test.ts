import { MessageChannel } from 'node:worker_threads'
import { EventEmitter } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import type { Channel } from '../../../contract/wire'
import { messagePortChannel, type PortLike } from './message-port'
import { channelPair } from './pair'

/** Electron's MessagePortMain: events instead of values, and no addEventListener. */
class MainPort extends EventEmitter {
  peer: MainPort | null = null
  postMessage(message: unknown): void {
    const data: unknown = structuredClone(message)
    setImmediate(() => this.peer?.emit('message', { data, ports: [] }))
  }
  start(): void {}
  close(): void {
    setImmediate(() => this.peer?.emit('close'))
  }
}
const mainPorts = (): readonly [MainPort, MainPort] => {
  const [left, right] = [new MainPort(), new MainPort()]
  left.peer = right
  right.peer = left
  return [left, right]
}
const over = ([left, right]: readonly [PortLike, PortLike]): readonly [Channel, Channel] => [messagePortChannel(left), messagePortChannel(right)]
const nodePorts = (): readonly [PortLike, PortLike] => {
  const { port1, port2 } = new MessageChannel()
  return [port1, port2] as unknown as readonly [PortLike, PortLike]
}

describe.each([
  ['in memory', channelPair],
  ['over a DOM-like MessagePort', () => over(nodePorts())],
  ['over a MessagePortMain', () => over(mainPorts())],
] as const)('a channel %s', (_name, make) => {
  it('carries structured clones in order', async () => {
    const [near, far] = make()
    const heard: unknown[] = []
    far.onMessage((message) => void heard.push(message))
    near.post({ big: 2n ** 64n, bytes: new Uint8Array([1]) })
    near.post('second')
    await vi.waitFor(() => expect(heard).toEqual([{ big: 2n ** 64n, bytes: new Uint8Array([1]) }, 'second']))
    near.close()
    far.close()
  })

  it('tells both ends of its end once, and is silent after', async () => {
    const [near, far] = make()
    const [nearEnded, farEnded, heard] = [vi.fn(), vi.fn(), vi.fn()]
    near.onClose(nearEnded)
    far.onClose(farEnded)
    far.onMessage(heard)
    near.close()
    near.close()
    near.post('late')
    await vi.waitFor(() => expect(farEnded).toHaveBeenCalledOnce())
    expect(nearEnded).toHaveBeenCalledOnce()
    expect(heard).not.toHaveBeenCalled()
  })

  it('ends on what cannot be cloned, and throws nothing', () => {
    const [near, far] = make()
    const ended = vi.fn()
    near.onClose(ended)
    near.post({ call: () => {} })
    expect(ended).toHaveBeenCalledOnce()
    far.close()
  })
})
