export { drawDelayMs } from './delay'
export { cutsOf, type Pair } from './partition'
export { Network, type Conditions, type Delivery, type Sent } from './network'
