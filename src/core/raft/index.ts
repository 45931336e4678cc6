export { decodeMessage, encodeMessage } from './codec'
export { toClaims, type Configuration, type Member } from './configuration'
export { decodeConfiguration, decodeSnapshotMeta, encodeConfiguration, encodeSnapshotMeta } from './configuration-codec'
export type { PeerView, RaftInspector } from './inspect'
export { RaftMachine, raftProtocol } from './machine'
export type {
  AppendRequest, AppendResponse, HeartbeatRequest, HeartbeatResponse, Message, MessageKind, ProposeRequest, ProposeResponse, ReadRequest,
  ReadResponse, SnapshotChunk, SnapshotResponse, TimeoutNow, VoteRequest, VoteResponse,
} from './messages'
export { RAFT_OPTIONS, type ForcedMembers, type RaftOptions } from './options'
export { Raft } from './raft'
export { decodeEntries, decodeHardState, decodeLogBase, encodeEntries, encodeHardState, encodeLogBase, RECORD_TYPES } from './record-codec'
export { ENTRY_OVERHEAD_BYTES, entryBytes } from './log'
export type {
  Effects, Entry, EntryKind, HardState, LogBase, LogReader, Outgoing, PersistEffect, ProposeAnswer, RaftConfig, RaftEvent, RaftInput,
  RaftRole, ReadAnswer, RecoveredLog, SafeReads, WriteCompletion,
} from './types'
