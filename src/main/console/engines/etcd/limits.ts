/** How long one member may take to answer one round of questions. */
export const OBSERVE_TIMEOUT_MS = 1_500
/** How long a probe may spend on one endpoint, all steps together. */
export const PROBE_TIMEOUT_MS = 5_000
/** Longest wait of a channel before it dials a dead member again. */
export const RECONNECT_BACKOFF_MS_MAX = 1_000
/** Quickest allowed by an etcd server is 5 s (--grpc-keepalive-min-time); only sent while a call is open. */
export const KEEPALIVE_MS = 10_000
export const KEEPALIVE_TIMEOUT_MS = 3_000
/** After so many deadlines missed in a row the connection is taken for dead and dialled anew. */
export const TIMEOUTS_UNTIL_REDIAL = 3
/** An Authenticate call is a Raft proposal: it is not repeated more often than this while it fails. */
export const AUTHENTICATE_RETRY_MS = 5_000
export const AUTHENTICATE_TIMEOUT_MS = 4_000
/** Why a connection fails is looked into once in this time per endpoint. */
export const DIAGNOSIS_EVERY_MS = 10_000
export const PEM_BYTES_MAX = 256 * 1024
export const DEBUG_VARS_BYTES_MAX = 4 * 1024 * 1024
export const ANSWER_BYTES_MAX = 4 * 1024 * 1024
/** Members and endpoints of one cluster that are asked. */
export const MEMBERS_MAX = 64
/** Ids of removed members that are remembered, so that a stale list does not bring them back. */
export const REMOVED_MAX = 64
