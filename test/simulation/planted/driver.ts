/** Planted bugs of the driver, which carries out every protocol. They are run under Raft. */
export const PLANTED_DRIVER_BUGS = [
  {
    id: 'driver/sends-before-durable', protocol: 'raft', what: 'Messages that speak of a write leave before it is durable.',
    violates: 'Election safety and leader completeness: after a crash a vote is given twice and an acknowledged entry is lost.',
  },
  {
    id: 'driver/reads-before-applied', protocol: 'raft', what: 'A safe read is answered from the state as it is, without waiting for its index to be applied.',
    violates: 'Linearizability: a read misses a write that was acknowledged before it.',
  },
  {
    id: 'driver/snapshot-before-durable', protocol: 'raft', what: 'A snapshot counts as durable when its write begins, and the log before it is given back.',
    violates: 'Durability: after a crash neither the snapshot nor the log before it is there.',
  },
  {
    id: 'driver/releases-what-is-needed', protocol: 'raft', what: 'Everything before a snapshot is given back, with the entries that the protocol still reads.',
    violates: 'An entry that left memory is in storage: the read of a released record stops the node.',
  },
] as const
