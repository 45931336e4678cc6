export { Nemesis } from './nemesis'
export { faultInWords } from './words'
