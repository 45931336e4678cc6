export const CLIENT_LIMITS = {
  frameBytesMax: 1024 * 1024,
  dialTimeoutMs: 1_000,
  redialMs: 25,
  /** How often waiting operations are looked through for their deadline. */
  sweepIntervalMs: 25,
  /** How often all members are asked who leads while nobody is known to. */
  searchIntervalMs: 15,
  /** A leader that owes answers and says nothing for this long is doubted: the others are asked. */
  silenceMs: 300,
  /** After `busy` an operation waits this long. */
  busyPauseMs: 5,
  /** Where every member answers for itself: those that owe an answer are asked again after this long, doubling up to the second. */
  repeatMsMin: 250,
  repeatMsMax: 2_000,
  /** Operations that wait in one client; more are refused as busy. */
  operationsMax: 65_536,
  /** A session that is not used for so long is ended by whoever leads. */
  sessionTimeToLiveMs: 30_000,
  /** An idle one is used so often in that time: two uses may be lost before it is. */
  sessionRenewalsPerLife: 3,
} as const
