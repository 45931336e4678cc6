export const SANDBOX_LIMITS = {
  clustersMax: 16,
  faultsMax: 64,
  /** Nodes of one cluster, those that were added included. */
  nodesMax: 9,
  /** Chosen ports lie below the usual ephemeral ranges, so that no outgoing connection takes a stopped node's port. */
  portLow: 20_000,
  portHigh: 32_000,
  portTriesMax: 2_000,
  /** Between the kill and the end of a process. */
  killTimeoutMs: 3_000,
  /** While nobody leads, members are asked again this often. */
  leaderSearchEveryMs: 100,
  /** For each node when the console ends: the whole of it must be over in five seconds. */
  closeTimeoutMs: 3_000,
  /** A request that a node never answered is repeated after this long. */
  observeRepeatAfterMs: 10_000,
  /** A deadline found this late says more of the console than of the node. */
  ownDelayMs: 250,
  /** Observations asked for because a node said `changed` are at least this far apart. */
  changedObserveEveryMs: 50,
  /** How often it is told of a stopped cluster that it is stopped. */
  stoppedTellEveryMs: 1_000,
  /** While options are brought to the members: how often the cluster is looked at. */
  rolloutLookEveryMs: 100,
  /** A member that the cluster cannot spare for so long is not restarted. */
  rolloutSpareTimeoutMs: 30_000,
  /** A member that was restarted has so long to catch up. */
  rolloutCatchUpTimeoutMs: 60_000,
  /** After a start, or new options, the first choice is handed leadership within so long; then the first that answers is asked once more. */
  preferredLeadTimeoutMs: 5_000,
  /** A node that is to replace a member has so long to catch up. */
  replaceCatchUpTimeoutMs: 60_000,
  /** A swap of members that was put off, or whose end is not known, is asked for again for so long. */
  replaceChangeTimeoutMs: 30_000,
  loadSamplesMax: 600,
  loadStartTimeoutMs: 10_000,
  reaperRestartsMax: 5,
  clusterFileBytesMax: 64 * 1024,
} as const

export const LOOPBACK = '127.0.0.1'
