/**
 * Planted bugs of PBFT, each at one place of src/core/pbft. Most show only with a liar in the group; `request-not-authenticated` only where
 * clients' commands can be told from invented ones.
 */
export const PLANTED_PBFT_BUGS = [
  {
    id: 'pbft/votes-by-message', protocol: 'pbft', what: 'Prepares and commits are tallied by messages instead of distinct senders.',
    violates: 'Certificates: a quorum of different replicas; Agreement.',
  },
  {
    id: 'pbft/votes-of-old-views-counted', protocol: 'pbft', what: 'Prepares and commits are not bound to the view: those of earlier views still count.',
    violates: 'Certificates: a correct replica is counted for what it did not say in this view.',
  },
  {
    id: 'pbft/prepared-certificate-dropped', protocol: 'pbft', what: 'A view change carries no prepared certificates.',
    violates: 'Prepared Certificates Survive View Changes; Agreement.',
  },
  {
    id: 'pbft/lowest-view-chosen', protocol: 'pbft', what: 'Of two prepared certificates for one sequence number the one of the lower view is chosen.',
    violates: 'Prepared Certificates Survive View Changes; Agreement.',
  },
  {
    id: 'pbft/new-view-not-checked', protocol: 'pbft', what: 'A backup enters a new view without computing its content itself.',
    violates: 'Prepared Certificates Survive View Changes; Agreement.',
  },
  {
    id: 'pbft/new-view-by-fewer', protocol: 'pbft', what: 'A new-view counts with less than a quorum of view changes.',
    violates: 'Certificates; Prepared Certificates Survive View Changes.',
  },
  {
    id: 'pbft/stated-checkpoint-not-checked', protocol: 'pbft', what: 'The checkpoint that a view change states is taken without its certificate.',
    violates: 'Stable Checkpoints: a quorum holds the state.',
  },
  {
    id: 'pbft/commit-by-f-plus-one', protocol: 'pbft', what: 'f + 1 commits are taken for a quorum.',
    violates: 'Certificates; Agreement after a view change.',
  },
  {
    id: 'pbft/checkpoint-stable-on-own-word', protocol: 'pbft', what: 'A replica takes its own checkpoint for stable and forgets what others still need.',
    violates: 'Stable Checkpoints: a quorum holds the state.',
  },
  {
    id: 'pbft/checkpoint-before-durable', protocol: 'pbft', what: 'Who asks is told of a checkpoint before the snapshot of it is on disk.',
    violates: 'Stable Checkpoints: after a crash the state that was vouched for is gone.',
  },
  {
    id: 'pbft/future-watermark-accepted', protocol: 'pbft', what: 'Sequence numbers above the high watermark are given out and accepted.',
    violates: 'Watermarks.',
  },
  {
    id: 'pbft/duplicates-executed', protocol: 'pbft', what: 'A request that was ordered twice is executed twice.',
    violates: 'One Execution per Request.',
  },
  {
    id: 'pbft/request-window-not-checkpointed', protocol: 'pbft', what: 'The requests that were executed last are no part of the checkpointed state.',
    violates: 'One Execution per Request, after a state transfer or a restart; Stable Checkpoints (digests differ).',
  },
  {
    id: 'pbft/second-pre-prepare-accepted', protocol: 'pbft', what: 'A second pre-prepare for the same view and sequence number replaces the first.',
    violates: 'No Contradiction; Agreement.',
  },
  {
    id: 'pbft/timer-restarted-by-requests', protocol: 'pbft', what: 'Every request that arrives restarts the progress timer.',
    violates: 'Progress under a silent primary.',
  },
  {
    id: 'pbft/timeout-not-doubled', protocol: 'pbft', what: 'The view-change timeout is short and stays what it is.',
    violates: 'Progress once the network is slower than the timeout.',
  },
  {
    id: 'pbft/signature-not-checked', protocol: 'pbft', what: 'Signatures are not verified.',
    violates: 'Certificates: a correct replica is counted for what it never said.',
  },
  {
    id: 'pbft/sender-not-compared', protocol: 'pbft', what: 'The sender that the transport names is not compared with the one that signed.',
    violates: 'Certificates: statements are taken from other hands.',
  },
  {
    id: 'pbft/digest-not-checked', protocol: 'pbft', what: 'The batch of a pre-prepare is not compared with its digest.',
    violates: 'Agreement of states: replicas execute different batches under one digest.',
  },
  {
    id: 'pbft/request-not-authenticated', protocol: 'pbft', what: 'Requests are not checked to be of a client.',
    violates: 'Validity.',
  },
  {
    id: 'pbft/transferred-state-not-verified', protocol: 'pbft', what: 'A state that was transferred is not compared with the digest of its certificate.',
    violates: 'Agreement of states; One Execution per Request.',
  },
  {
    id: 'pbft/fetched-entries-not-checked', protocol: 'pbft', what: 'Committed batches that were fetched are taken without their certificates.',
    violates: 'Agreement; Certificates.',
  },
  {
    id: 'pbft/prepare-before-durable', protocol: 'pbft', what: 'A prepare leaves before the pre-prepare that it answers is on disk.',
    violates: 'No Contradiction across a crash.',
  },
  {
    id: 'pbft/pre-prepare-before-durable', protocol: 'pbft', what: 'A pre-prepare leaves before it is on the disk of its primary.',
    violates: 'Certificates: after a crash the primary may give the number to another batch.',
  },
  {
    id: 'pbft/view-change-before-durable', protocol: 'pbft', what: 'A view change leaves before it is on disk.',
    violates: 'Certificates: after a crash the replica speaks in the view that it left.',
  },
  {
    id: 'pbft/view-change-not-persisted', protocol: 'pbft', what: 'A replica that has left a view forgets that in a crash.',
    violates: 'Views Are Monotonic.',
  },
  {
    id: 'pbft/new-view-before-durable', protocol: 'pbft', what: 'Who asks is sent the new-view before it is on the disk of its primary.',
    violates: 'No Contradiction: after a crash the primary can open the same view with another content.',
  },
  {
    id: 'pbft/released-before-stable-is-durable', protocol: 'pbft',
    what: 'Records are given back when a checkpoint is stable, before its certificate is on disk.',
    violates: 'No Contradiction: after a crash a replica knows neither the checkpoint nor what it said before it.',
  },
] as const

/** Of an option that is off unless someone turns it on. */
export const PLANTED_TENTATIVE_BUGS = [
  {
    id: 'pbft/tentative-reply-by-f-plus-one', protocol: 'pbft', what: 'A client takes a result that f + 1 replicas have executed tentatively.',
    violates: 'Accepted Tentative Results Are Kept: what it was told may be undone by a view change.',
  },
  {
    id: 'pbft/tentative-not-rolled-back', protocol: 'pbft', what: 'A view change leaves the state as the tentative execution made it.',
    violates: 'State Machine Safety; Exactly-Once.',
  },
  {
    id: 'pbft/checkpoint-of-tentative-state', protocol: 'pbft', what: 'A checkpoint is taken behind the tentative execution of what follows it.',
    violates: 'Stable Checkpoints: replicas vouch for different states.',
  },
  {
    id: 'pbft/tentative-above-uncommitted', protocol: 'pbft', what: 'A batch is executed tentatively although the one below it is not committed.',
    violates: 'Accepted Tentative Results Are Kept; Linearizability.',
  },
  {
    id: 'pbft/tentative-before-durable', protocol: 'pbft', what: 'A batch is executed tentatively, and clients are told, before its prepared certificate is on disk.',
    violates: 'Accepted Tentative Results Are Kept, after several crashes at once.',
  },
] as const
