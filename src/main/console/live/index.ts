export { createLive, type Live, type LiveOptions, type Settled } from './live'
export { watchForSleep, SLEEP_LIMITS } from './sleep'
