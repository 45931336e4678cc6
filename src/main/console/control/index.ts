export { callsOver, connectToConsole, type ConsoleConnection } from './client'
export { readConnectionFile } from './connection-file'
export { listenForControl, type ControlOptions, type ControlServer } from './server'
