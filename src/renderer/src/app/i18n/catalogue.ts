/** The shape of a catalogue in another language: every key of the English one, none besides. */
export type Translated<English> = { readonly [Key in keyof English]: English[Key] extends string ? string : Translated<English[Key]> }
