import { expect, test } from 'vitest'
import { allAddresses, parseAddress } from './addresses'

test('addresses as the group writes them', () => {
  expect(parseAddress('n1', '127.0.0.1:7001')).toEqual({ nodeId: 'n1', host: '127.0.0.1', port: 7001 })
  expect(parseAddress('n1', '[::1]:7001')).toEqual({ nodeId: 'n1', host: '::1', port: 7001 })
  for (const wrong of ['', 'host', 'host:', ':1', 'host:0', 'host:70000', 'a:b:1', '::1:5']) expect(parseAddress('n1', wrong)).toBeNull()
})

test('a member that the console does not name is where the group says', () => {
  const told = [{ nodeId: 'n1', host: 'a', port: 1 }]
  const claim = (id: string, address: string) => ({ id, name: id, address, voter: true })
  expect(allAddresses(told, [claim('n1', 'b:2'), claim('n2', 'c:3'), claim('n3', 'nowhere')])).toEqual([...told, { nodeId: 'n2', host: 'c', port: 3 }])
})
