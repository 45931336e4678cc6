/** Planted bugs of Raft, each at one place of src/core/raft. Those of the log on disk, of sessions and of snapshots of the state are elsewhere. */
export const PLANTED_RAFT_BUGS = [
  {
    id: 'raft/commit-older-term', protocol: 'raft', what: 'A leader commits entries of older terms by counting replicas.',
    violates: 'Commit of Own Term; Leader Completeness, LogInv (Raft, figure 8).',
  },
  {
    id: 'raft/vote-not-persisted', protocol: 'raft', what: 'The term is written without the vote, so that a restarted member may vote again.',
    violates: 'Monotonic Term (its durable vote); Election Safety.',
  },
  {
    id: 'raft/term-not-persisted', protocol: 'raft', what: 'A term in which no vote was given is not written.',
    violates: 'Monotonic Term over a restart.',
  },
  {
    id: 'raft/own-vote-before-durable', protocol: 'raft', what: 'A candidate asks for votes and counts its own before that is on disk.',
    violates: 'Leader Is Durable; Election Safety after a crash.',
  },
  {
    id: 'raft/append-acknowledged-before-durable', protocol: 'raft', what: 'A follower acknowledges entries before they are on disk.',
    violates: 'Acknowledged Is Durable, CommittedIsDurable.',
  },
  {
    id: 'raft/leader-counts-itself-before-durable', protocol: 'raft', what: 'A leader counts its own log as durable when it is sent to the disk.',
    violates: 'CommittedIsDurable.',
  },
  {
    id: 'raft/truncate-on-any-append', protocol: 'raft', what: 'A follower cuts its log behind every append, not only where entries differ.',
    violates: 'QuorumLogInv: a late append takes acknowledged entries away.',
  },
  {
    id: 'raft/previous-term-not-checked', protocol: 'raft', what: 'A follower looks only at the index of the entry before, not at its term.',
    violates: 'Log Matching.',
  },
  {
    id: 'raft/commit-beyond-new-entries', protocol: 'raft', what: 'A follower takes the commit index of the leader for its own log before the two are known to agree.',
    violates: 'LogInv, State Machine Safety.',
  },
  {
    id: 'raft/heartbeat-commits-unmatched', protocol: 'raft', what: 'A heartbeat carries the commit index to followers whose log is not known to agree.',
    violates: 'LogInv, State Machine Safety.',
  },
  {
    id: 'raft/commit-goes-back', protocol: 'raft', what: 'A late heartbeat takes the commit index of a follower back.',
    violates: 'Monotonic Commit, Snapshot <= Applied <= Commit <= Last.',
  },
  {
    id: 'raft/match-goes-back', protocol: 'raft', what: 'A late acknowledgement takes the match index of a follower back.',
    violates: 'Monotonic Match, Next Above Match.',
  },
  {
    id: 'raft/rejection-taken-for-acknowledgement', protocol: 'raft', what: 'A leader takes the index that a follower refused for one that it holds.',
    violates: 'Acknowledged Is Durable, QuorumLogInv, CommittedIsDurable.',
  },
  {
    id: 'raft/stale-votes-counted', protocol: 'raft', what: 'A candidate counts votes that were given in an earlier term.',
    violates: 'Election Safety.',
  },
  {
    id: 'raft/votes-twice', protocol: 'raft', what: 'A follower votes for whoever asks, although it has voted in this term.',
    violates: 'Election Safety.',
  },
  {
    id: 'raft/vote-by-length-only', protocol: 'raft', what: 'The vote goes to the longer log, whatever its last term.',
    violates: 'Election Restriction; Leader Completeness, LogInv.',
  },
  {
    id: 'raft/new-leader-drops-tail', protocol: 'raft', what: 'A new leader throws away what it does not know to be committed.',
    violates: 'Leader Append-Only, Leader Completeness, QuorumLogInv.',
  },
  {
    id: 'raft/write-completion-for-all', protocol: 'raft', what: 'A completed write is believed for the whole log, with what was appended since.',
    violates: 'CommittedIsDurable after a crash.',
  },
  {
    id: 'raft/replaced-entries-stay-durable', protocol: 'raft', what: 'Entries that replace durable ones count as durable at once.',
    violates: 'CommittedIsDurable after a crash.',
  },
  {
    id: 'raft/read-without-quorum', protocol: 'raft', what: 'A leader answers reads without asking whether it still leads.',
    violates: 'Read Index; linearizability: stale reads during a partition.',
  },
  {
    id: 'raft/read-before-own-commit', protocol: 'raft', what: 'A new leader answers reads before it has committed an entry of its own term.',
    violates: 'Read Index; linearizability: stale reads after an election.',
  },
  {
    id: 'raft/lease-ignores-drift', protocol: 'raft', what: 'A lease lasts three election timeouts. Groups with reads by lease.',
    violates: 'Leader Lease, Read Index; linearizability: stale reads during a partition.',
  },
  {
    id: 'raft/lease-not-honoured', protocol: 'raft', what: 'A member that hears a leader helps to depose it all the same. Groups with reads by lease.',
    violates: 'Leader Lease; linearizability: stale reads where some hear the leader and some do not.',
  },
  {
    id: 'raft/lease-survives-transfer', protocol: 'raft', what: 'A leader goes on to answer by lease after it told another to stand. Groups with reads by lease.',
    violates: 'Leader Lease, Read Index; linearizability: stale reads after a hand-over.',
  },
  {
    id: 'raft/follower-read-from-own-commit', protocol: 'raft', what: 'A follower reads at its own commit index. Groups with follower reads.',
    violates: 'Read Index; linearizability: stale reads.',
  },
  {
    id: 'raft/follower-read-before-applied', protocol: 'raft', what: 'A follower answers before it has applied the index that the leader named. Groups with follower reads.',
    violates: 'Read Index; linearizability: stale reads.',
  },
  {
    id: 'raft/change-before-own-commit', protocol: 'raft', what: 'A leader changes the members before it has committed an entry of its own term.',
    violates: 'One Configuration Change at a Time; Leader Completeness by disjoint majorities.',
  },
  {
    id: 'raft/two-changes-in-flight', protocol: 'raft', what: 'A leader changes the members while another change is not committed.',
    violates: 'One Configuration Change at a Time.',
  },
  {
    id: 'raft/configuration-not-rolled-back', protocol: 'raft', what: 'A configuration stays in force after its entry was cut off.',
    violates: 'Configurations Match the Log; Leader Completeness by disjoint majorities.',
  },
  {
    id: 'raft/joint-counts-incoming-only', protocol: 'raft', what: 'A joint configuration asks the incoming majority only.',
    violates: 'CommittedIsDurable, QuorumLogInv, Leader Completeness during a joint change.',
  },
  {
    id: 'raft/removed-node-campaigns', protocol: 'raft', what: 'A member that was removed goes on to stand for election, and is heard in spite of the lease.',
    violates: 'Bound of elections; Leader Holds Data.',
  },
  {
    id: 'raft/removed-leader-stays', protocol: 'raft', what: 'A leader that was removed goes on to lead when that is committed.',
    violates: 'Removed Leader Steps Down.',
  },
  {
    id: 'raft/witness-campaigns', protocol: 'raft', what: 'A witness stands for election. Groups with a witness.',
    violates: 'Leader Holds Data; the data of entries is lost.',
  },
  {
    id: 'raft/witness-answers-reads', protocol: 'raft', what: 'A witness that is asked to read answers from a state that it never kept. Groups with a witness and follower reads.',
    violates: 'Linearizability.',
  },
  {
    id: 'raft/transfer-without-election', protocol: 'raft', what: 'Who is told to stand takes the office at once, in the same term.',
    violates: 'Election Safety.',
  },
  {
    id: 'raft/transfer-before-level', protocol: 'raft', what: 'Who is to take over is told to stand before its log is level, and is voted for because the leader said so.',
    violates: 'Leader Completeness.',
  },
  {
    id: 'raft/snapshot-without-configuration', protocol: 'raft', what: 'A snapshot holds the members that the group was created with.',
    violates: 'Configurations Match the Log; disjoint majorities after a change of members.',
  },
  {
    id: 'raft/snapshot-of-wrong-term', protocol: 'raft', what: 'A snapshot names the current term in place of the term of its last entry.',
    violates: 'Log Matching: what follows the snapshot follows another entry than elsewhere.',
  },
  {
    id: 'raft/compaction-beyond-snapshot', protocol: 'raft', what: 'All that was written before a snapshot is given back, entries behind its index among it.',
    violates: 'Crash Recovery: a restart finds entries missing.',
  },
  {
    id: 'raft/install-keeps-conflicting-tail', protocol: 'raft', what: 'A member keeps the tail of its log behind a snapshot that it conflicts with.',
    violates: 'Log Matching, LogInv.',
  },
  {
    id: 'raft/new-begin-not-heeded', protocol: 'raft', what: 'A member that starts again does not heed that its log began anew behind a received snapshot.',
    violates: 'Crash Recovery: entries are missing; Log Matching.',
  },
  {
    id: 'raft/snapshot-acknowledged-before-durable', protocol: 'raft', what: 'A follower acknowledges a snapshot when it has all of it, before it is on disk.',
    violates: 'Acknowledged Is Durable; after a crash the follower is never sent what it lost.',
  },
  {
    id: 'raft/snapshot-limbo', protocol: 'raft', what: 'A lost chunk of a snapshot is never sent again.',
    violates: 'Progress: the follower waits for ever.',
  },
  {
    id: 'raft/no-pre-vote', protocol: 'raft', what: 'A member stands for election without asking first whether it could win.',
    violates: 'Pre-Vote Before Term; one that comes back from a partition deposes the leader.',
  },
  {
    id: 'raft/no-check-quorum', protocol: 'raft', what: 'A leader that hears of no quorum goes on to lead.',
    violates: 'Progress with one-way partitions: followers trust a leader that hears no one.',
  },
  {
    id: 'raft/commit-stops-early', protocol: 'raft', what: 'A leader commits only where one entry at a time becomes safe.',
    violates: 'Progress: nothing is committed after a batch.',
  },
  {
    id: 'raft/uncommitted-bytes-kept', protocol: 'raft', what: 'What is committed is counted as uncommitted for ever.',
    violates: 'Progress: the leader takes nothing any more.', profile: 'options',
  },
  {
    id: 'raft/lower-priority-waits-without-end', protocol: 'raft', what: 'A member stands the later the higher the highest priority is, without a limit.',
    violates: 'Progress: while the preferred member is away, nobody stands.', profile: 'options',
  },
] as const
