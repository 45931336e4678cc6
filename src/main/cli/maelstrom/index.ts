export { maelstromCommand } from './command'
