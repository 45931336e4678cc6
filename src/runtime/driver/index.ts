export { Driver } from './driver'
export { DRIVER_LIMITS, FRAME_BYTES_MAX, RECORD_BYTES_MAX, type DriverLimits } from './limits'
export { decodeChunk, decodeEnd, SNAPSHOT_RECORD_TYPES, type ChunkRecord, type EndRecord } from './snapshot-records'
export type {
  DriverOptions, DriverStatistics, DriverStatus, NodeDriver, OnTentative, PeerTraffic, ProposalOutcome, ReadOutcome, SnapshotStatistics,
} from './types'
