export { simCommand, type SimEnvironment } from './command'
export type { PlantedBug } from './jobs'
