import { expect, test } from 'vitest'
import { Accusations } from './accusations'
import { AGENT_PROCESS_LIMITS } from './limits'

test('what was proved of a member is told, newest word only, until nothing more is heard of it for a while', () => {
  let nowMs = 0
  const accusations = new Accusations(() => nowMs)
  expect(accusations.alarms()).toEqual([])
  accusations.add('n1', 'n1 proposed two different batches at view 3, sequence 17')
  accusations.add('n2', 'n2 signed for another')
  nowMs = AGENT_PROCESS_LIMITS.accusationMs
  accusations.add('n1', 'n1 proposed two different batches at view 3, sequence 19')
  expect(accusations.alarms().map(({ about }) => about)).toEqual(['n1', 'n2'])
  nowMs += 1
  expect(accusations.alarms()).toEqual([{ code: 'misbehaviour', about: 'n1', text: 'n1 proposed two different batches at view 3, sequence 19' }])
})
