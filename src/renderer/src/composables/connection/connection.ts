import { defineStore } from 'pinia'
import { onScopeDispose, shallowRef } from 'vue'
import { useConsole } from './console'

/** Whether the console service is there. */
export const useConnection = defineStore('connection', () => {
  const client = useConsole()
  const state = shallowRef(client.state)
  const failure = shallowRef(client.failure)
  onScopeDispose(
    client.onState((next) => {
      state.value = next
      failure.value = client.failure
    }),
  )
  return { state, failure, retry: () => client.retry() }
})
