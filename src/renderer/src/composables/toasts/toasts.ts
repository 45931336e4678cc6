import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Failure } from '../../../../core/base'

export interface Toast {
  readonly id: number
  readonly severity: 'info' | 'warning' | 'critical'
  readonly title: string
  readonly text?: string
}
const TOASTS_MAX = 4

/** Short messages about what was just done. */
export const useToasts = defineStore('toasts', () => {
  const messages = shallowRef<readonly Toast[]>([])
  let nextId = 1
  function show(title: string, text?: string, severity: Toast['severity'] = 'info'): void {
    const toast: Toast = text === undefined ? { id: nextId, severity, title } : { id: nextId, severity, title, text }
    nextId += 1
    messages.value = [...messages.value, toast].slice(-TOASTS_MAX)
  }
  const fail = (title: string, error: Failure): void => show(title, [error.message, error.hint].filter(Boolean).join(' '), 'critical')
  const remove = (id: number): void => void (messages.value = messages.value.filter((toast) => toast.id !== id))
  return { messages, show, fail, remove }
})
