import { errorBody } from './message'
import type { OpenWorkload } from './workload'

export const openEcho: OpenWorkload = () => ({
  request: (body, answer) => {
    if (body.type !== 'echo') return false
    const { echo } = body
    answer(echo === undefined ? errorBody('malformedRequest', 'echo has nothing to say back.') : { type: 'echo_ok', echo })
    return true
  },
  hear: () => undefined,
  stop: () => undefined,
})
