import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Failure } from '../../../../core/base'

export interface Toast {
  readonly id: number
  readonly severity: 'info' | 'warning' | 'critical'
  readonly title: string
  readonly text?: string
  /** Told in the language of the window when it is shown. */
  readonly failure?: Failure
}
const TOASTS_MAX = 4

/** Short messages about what was just done. */
export const useToasts = defineStore('toasts', () => {
  const messages = shallowRef<readonly Toast[]>([])
  let nextId = 1
  function add(toast: Omit<Toast, 'id'>): void {
    messages.value = [...messages.value, { ...toast, id: nextId }].slice(-TOASTS_MAX)
    nextId += 1
  }
  const show = (title: string, text?: string, severity: Toast['severity'] = 'info'): void => add(text === undefined ? { severity, title } : { severity, title, text })
  const fail = (title: string, failure: Failure): void => add({ severity: 'critical', title, failure })
  const remove = (id: number): void => void (messages.value = messages.value.filter((toast) => toast.id !== id))
  return { messages, show, fail, remove }
})
