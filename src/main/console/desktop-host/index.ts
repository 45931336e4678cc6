export { hostConnection, type HostConnection, type ParentPort, type Port } from './parent-port'
export { hostProcesses, type ForkedAgent, type ForkedExit } from './processes'
export { hostSecrets, type HostSecrets } from './secrets'
