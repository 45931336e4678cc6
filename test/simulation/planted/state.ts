/**
 * Planted bugs of the state machine. They are of no protocol; they are run under Raft. Those of a snapshot need histories in which
 * members are restored from snapshots; `order-of-use-lost` needs more clients than a machine has room for sessions.
 */
export const PLANTED_STATE_BUGS = [
  {
    id: 'session/reply-not-kept', protocol: 'raft', what: 'A session does not keep the reply to an operation, so that a retry is applied again.',
    violates: 'Linearizability: a counter is added to twice, an item is enqueued twice.',
  },
  {
    id: 'session/late-duplicate-applied', protocol: 'raft', what: 'A duplicate of an operation that the client no longer waits for is applied as if it were new.',
    violates: 'Linearizability: the operation takes effect a second time after it was answered.',
  },
  {
    id: 'snapshot/sessions-left-out', protocol: 'raft', what: 'A snapshot holds no sessions.',
    violates: 'State machine safety: the restored replica answers otherwise and its state hash differs.',
  },
  {
    id: 'snapshot/replies-left-out', protocol: 'raft', what: 'A snapshot holds the sessions without the replies they keep.',
    violates: 'State machine safety: a retry is applied by the restored replica only, and its state hash differs.',
  },
  {
    id: 'snapshot/order-of-use-lost', protocol: 'raft', what: 'A restored machine evicts sessions in the order of their names instead of their last use.',
    violates: 'State machine safety: replicas evict different sessions, and their state hashes differ.',
  },
  {
    id: 'snapshot/queue-reversed', protocol: 'raft', what: 'A snapshot holds the items of a queue last to first.',
    violates: 'State machine safety: the state hash differs; linearizability of the queue.',
  },
  {
    id: 'snapshot/queue-tail-lost', protocol: 'raft', what: 'A snapshot leaves out the last item of each queue that has more than one.',
    violates: 'State machine safety: the state hash differs; linearizability of the queue.',
  },
  {
    id: 'snapshot/fencing-token-lost', protocol: 'raft', what: 'A restored machine counts fencing tokens from the beginning.',
    violates: 'State machine safety: the state hash differs; fencing tokens do not rise.',
  },
  {
    id: 'snapshot/laid-over-old-state', protocol: 'raft', what: 'A snapshot is laid over the pairs that were there instead of replacing them.',
    violates: 'State machine safety: a pair that was deleted is back, and the state hash differs.',
  },
  {
    id: 'lock/kept-after-session-ends', protocol: 'raft', what: 'A session that ends keeps its locks.',
    violates: 'Progress: a client that waits for the lock never gets it; a lock is held by no open session.',
  },
  {
    id: 'lock/granted-to-two', protocol: 'raft', what: 'A lock that somebody waits for is granted to the next who asks, though it is held.',
    violates: 'Linearizability of the lock: two clients hold it at once.',
  },
  {
    id: 'lock/token-handed-on', protocol: 'raft', what: 'A lock that passes to the next who waits keeps its fencing token.',
    violates: 'Fencing: two grants have the same token.',
  },
  {
    id: 'queue/last-item-stays', protocol: 'raft', what: 'Taking the only item of a queue leaves it there.',
    violates: 'Linearizability of the queue: an item is dequeued twice.',
  },
  {
    id: 'session/earlier-taken-for-answered', protocol: 'raft', what: 'An operation of a session says that all before it were answered, also those that are still under way.',
    violates: 'Exactly-once: what was asked at the same time and comes later is not carried out, and its client is given no answer.', profile: 'options',
  },
] as const
