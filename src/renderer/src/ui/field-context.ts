import { inject, type ComputedRef, type InjectionKey } from 'vue'

/** What a Field tells the control inside it, so that label, hint and error are tied to it. */
export interface FieldContext {
  readonly id: string
  readonly describedBy: ComputedRef<string | undefined>
  readonly invalid: ComputedRef<boolean>
  readonly required: ComputedRef<boolean>
}
export const FIELD: InjectionKey<FieldContext> = Symbol('field')
export const useField = (): FieldContext | null => inject(FIELD, null)
