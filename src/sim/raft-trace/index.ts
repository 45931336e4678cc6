export { raftTraceOf } from './trace'
