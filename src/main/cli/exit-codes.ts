/** What the command ends with. Documented in every --help and in docs/json.md; numbers never change their meaning. */
export const EXIT = {
  /** Done. For observe: the cluster is quorate. */
  ok: 0,
  /** observe: writes go on or may go on, but the cluster is not (fully) quorate: at-risk, starting or unknown. */
  atRisk: 1,
  /** data: nothing was changed, or nothing is there: another value, no value, a limit, a lock that another client holds. */
  refused: 1,
  /** check: the history is not linearizable. */
  notLinearizable: 1,
  /** check: the budget ended before there was a verdict. */
  inconclusive: 2,
  /** Wrong usage: unknown command, option or argument; for check it is `unreadable`. */
  usage: 2,
  /** Nobody answered: no member of the target, or no console runs on the data directory. */
  unreachable: 3,
  /** observe: writes have stopped: no-quorum or stopped. */
  noQuorum: 4,
  /** A certificate, a user or a password was rejected, or the endpoint is not what it was taken for. */
  rejected: 5,
  /** The console declined or could not carry out the command. */
  failed: 6,
  /** check: wrong usage, or the file is no history. */
  unreadable: 7,
  /** data: it may have taken effect, or still may. */
  unknownOutcome: 8,
  /** data lock: the lock was lost while the command ran. */
  lockLost: 9,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const EXIT_CODES_HELP = `
Exit codes:
  0  done; for observe: the cluster is quorate
  1  observe: at risk, starting or unknown
  2  wrong usage
  3  nobody answered (no member, or no running console)
  4  observe: no quorum, or stopped
  5  a certificate, user or password was rejected, or it is not etcd
  6  the console could not carry out the command
  check has its own: see quorate check --help; so has data: see quorate data --help`
