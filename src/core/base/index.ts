export { AssertionError, assert, present, unreachable } from './assert'
export { fromJson, toJson, toPublicJson } from './json'
export { seededRandom, type Random } from './random'
export { fail, ok, type Failure, type Result } from './result'
