/** A short message about what was just done. */
export interface ToastMessage {
  readonly id: number
  readonly severity: 'info' | 'warning' | 'critical'
  readonly title: string
  readonly text?: string
  /** Facts in English, whatever the language of the window. */
  readonly detail?: string
}
