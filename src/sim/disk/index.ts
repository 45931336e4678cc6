export { DamagedRead, SimulatedDisk, type DiskCounts } from './disk'
