import type { Component } from 'vue'

/** One line of a menu. A separator stands before it where asked. */
export interface MenuEntry {
  readonly id: string
  readonly text: string
  readonly hint?: string
  readonly icon?: Component
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly separatorBefore?: boolean
}
