export { decodeMessage, encodeMessage } from './codec'
export { Raft } from './raft'
export { decodeEntries, decodeHardState, encodeEntries, encodeHardState, RECORD_TYPES } from './record-codec'
export { ENTRY_OVERHEAD_BYTES, entryBytes } from './log'
export type {
  AppendRequest, AppendResponse, Effects, Entry, EntryKind, HardState, HeartbeatRequest, HeartbeatResponse, LogReader, Message,
  MessageKind, Outgoing, PersistEffect, ProposeAnswer, RaftConfig, RaftEvent, RaftInput, RaftLimits, RaftRole, ReadAnswer, RecoveredLog,
  SafeReads, VoteRequest, VoteResponse, WriteCompletion,
} from './types'
