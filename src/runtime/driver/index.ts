export { Driver } from './driver'
export { DRIVER_LIMITS, FRAME_BYTES_MAX, RECORD_BYTES_MAX, type DriverLimits } from './limits'
export type {
  DriverOptions, DriverStatistics, DriverStatus, DriverTiming, NodeDriver, PeerTraffic, ProposalOutcome, ReadOutcome,
} from './types'
