import { counter } from './counter'
import { lock } from './lock'
import type { Model, ModelName } from './model'
import { queue } from './queue'
import { keyValue, register } from './register'

export { ILLEGAL, type Closure, type Machine, type Model, type ModelName } from './model'

export const MODELS: Readonly<Record<ModelName, Model>> = { register, kv: keyValue, queue, lock, counter }
