/**
 * Planted bugs of Multi-Paxos. That of leases needs the plan to read by leases; those of members and snapshots need histories with changes
 * of members and with snapshots.
 */
export const PLANTED_PAXOS_BUGS = [
  {
    id: 'paxos/promise-not-persisted', protocol: 'paxos', what: 'An acceptor answers a prepare without writing the promise down.',
    violates: 'Promise: after a restart it accepts below what it had promised, and two values are chosen.',
  },
  {
    id: 'paxos/accepts-below-promise', protocol: 'paxos', what: 'An acceptor takes an accept of a ballot below the one it has promised.',
    violates: 'Promise: nothing is accepted below the promised ballot.',
  },
  {
    id: 'paxos/adopts-first-reported', protocol: 'paxos', what: 'A proposer adopts the first value reported for a slot, not the one of the highest ballot.',
    violates: 'Safety of proposals: above the ballot in which a value is chosen, only that value is proposed.',
  },
  {
    id: 'paxos/ballots-not-unique', protocol: 'paxos', what: 'All proposers use the same ordinal, so that two of them may use one ballot.',
    violates: 'Ballots: one proposer for each ballot; one value for each slot and ballot.',
  },
  {
    id: 'paxos/unheard-slots-skipped', protocol: 'paxos', what: 'A new leader does not learn the slots that an acceptor reported as chosen, and fills them with no-ops.',
    violates: 'Safety of proposals; consistency: a chosen slot is overwritten.',
  },
  {
    id: 'paxos/gaps-filled-with-own-values', protocol: 'paxos', what: 'A new leader drops what phase 1 reported and fills the slots with its own values.',
    violates: 'Safety of proposals; consistency: a chosen slot is overwritten.',
  },
  {
    id: 'paxos/counts-other-ballots', protocol: 'paxos', what: 'A proposer counts what acceptors reported in phase 1, accepted in earlier ballots, as accepted in its own.',
    violates: 'Consistency: a slot is taken for chosen that no quorum has accepted in one ballot.',
  },
  {
    id: 'paxos/chosen-in-any-ballot', protocol: 'paxos', what: 'A learner takes what it has accepted in any ballot for chosen once the leader says that the slot is.',
    violates: 'Executed prefix: equal on all members.',
  },
  {
    id: 'paxos/learned-ballot-not-promised', protocol: 'paxos', what: 'A member records a chosen value in a later ballot than it has promised, and goes on in its own if it leads.',
    violates: 'Promise; executed prefix: it tells in its ballot that the slot is chosen, and others take what it proposed there for the choice.',
  },
  {
    id: 'paxos/phase-one-kept-after-preemption', protocol: 'paxos', what: 'A preempted leader goes on in a higher ballot without a new phase 1.',
    violates: 'Safety of proposals; consistency: a chosen slot is overwritten.',
  },
  {
    id: 'paxos/snapshot-forgets-promise', protocol: 'paxos', what: 'The record that goes with a snapshot does not hold the promised ballot.',
    violates: 'Promise: forgotten once the records before the snapshot are given back.',
  },
  {
    id: 'paxos/trimmed-past-the-snapshot', protocol: 'paxos', what: 'The log is trimmed up to what is applied, not up to what the snapshot holds.',
    violates: 'Trimming: only what a durable snapshot holds is forgotten.',
  },
  {
    id: 'paxos/alpha-ignored', protocol: 'paxos', what: 'A change of members is in force in the slot after it, although later slots are already proposed.',
    violates: 'Configuration: that of a slot is decided by the slots that lie alpha before it.',
  },
  {
    id: 'paxos/pending-members-not-in-snapshot', protocol: 'paxos', what: 'A snapshot does not hold a change of members that is chosen and not yet in force.',
    violates: 'Configuration: a restored member does not know the members of the slots that follow.',
  },
  {
    id: 'paxos/accept-answered-before-durable', protocol: 'paxos', what: 'An acceptor answers an accept before the value is durable.',
    violates: 'Consistency: a chosen value is lost with a crash, and another is chosen.',
  },
  {
    id: 'paxos/own-accept-counted-before-durable', protocol: 'paxos', what: 'A proposer counts its own acceptor before the value is durable.',
    violates: 'Consistency: a chosen value is lost with a crash, and another is chosen.',
  },
  {
    id: 'paxos/prepare-sent-before-durable', protocol: 'paxos', what: 'A proposer asks for promises before its own is durable.',
    violates: 'Ballots: after a crash it uses the same ballot again.',
  },
  {
    id: 'paxos/settled-by-slot', protocol: 'paxos', what: 'A proposal is settled by whatever value its slot gets.',
    violates: 'Linearizability: a client is told that its write took effect, and it did not.',
  },
  {
    id: 'paxos/read-without-quorum', protocol: 'paxos', what: 'A leader answers reads without asking a quorum whether its ballot still stands.',
    violates: 'Linearizable reads: a read sees all that was chosen before it began.',
  },
  {
    id: 'paxos/read-before-recovered', protocol: 'paxos', what: 'A new leader answers reads before the values that phase 1 found are chosen.',
    violates: 'Linearizable reads: a read sees all that was chosen before it began.',
  },
  {
    id: 'paxos/lease-kept-after-preemption', protocol: 'paxos', what: 'A leader that was preempted goes on to answer reads by the lease that it had.',
    violates: 'Linearizable reads, with leases.',
  },
  {
    id: 'paxos/lease-not-honoured', protocol: 'paxos', what: 'An acceptor promises a later ballot while the lease that it granted still runs.',
    violates: 'Leases: two leaders at once may answer reads.',
  },
  {
    id: 'paxos/lease-granted-without-promise', protocol: 'paxos', what: 'An acceptor grants a lease before its promise to the leader is durable, and does not know of it after a restart.',
    violates: 'Leases: two leaders at once may answer reads.',
  },
  {
    id: 'paxos/lease-kept-after-handover', protocol: 'paxos', what: 'A leader that has asked another to take over goes on to answer reads by its lease.',
    violates: 'Leases: acceptors release them for the successor.',
  },
  {
    id: 'paxos/new-voters-not-asked', protocol: 'paxos', what: 'A leader proposes in the slots of a new configuration without the promises of a majority of it.',
    violates: 'Safety of proposals; consistency.',
  },
  {
    id: 'paxos/counted-by-newest-members', protocol: 'paxos', what: 'A proposer counts who has accepted by the newest configuration, not by that of the slot.',
    violates: 'Learning; consistency: a value is taken for chosen that no quorum of its slot has accepted.',
  },
  {
    id: 'paxos/uncommitted-bytes-kept', protocol: 'paxos', what: 'A proposal that lost its slot to another one is counted as uncommitted for ever.',
    violates: 'Progress: the leader takes nothing any more.', profile: 'options',
  },
] as const
