/** What the members of a local cluster run with: chosen as it is created, seen and changed afterwards. */
export default {
  options: {
    title: 'Options', heading: 'What the members run with', caption: 'Options of the cluster', machine: 'Pairs, locks, queues and counters behind client sessions',
    columns: { option: 'Option', inForce: 'In force', change: 'How it changes' }, default: 'default', usual: 'default {value}', next: '{value} from the next start', entries: 'entries',
    ways: { index: 'Quorum', lease: 'Lease' }, on: 'On', off: 'Off', nobody: 'Nobody', preferred: '{name}, choice {place}', range: '{from} to {to}',
    names: {
      protocol: 'Protocol', machine: 'State machine', reads: 'Reads', forwarding: 'Forwarding', prefer: 'Preferred leaders', tentative: 'Tentative execution', snapshotAfterEntries: 'Snapshot after', snapshotAfterBytes: 'Snapshot also after', trailingEntries: 'Kept behind a snapshot',
      electionTimeout: 'Election timeout', timeoutUnit: 'Unit of view-change timeouts', heartbeat: 'Heartbeat', checkpointInterval: 'Checkpoint interval', signedCommands: 'Signed commands',
    },
    readsHints: {
      index: 'The leader asks a quorum before it answers a linearizable read.',
      lease: 'The leader answers alone while its lease holds. This trusts the members’ clocks to the bound in docs/protocols.',
    },
    forwardingHint: 'Members that do not lead pass commands and reads on to the one that does.',
    preferHint: 'Choose members in order: the first leads where it can, the others stand for election later. After a start of the cluster leadership is handed to it. One that comes back does not take over at once: leadership stays where it is until the next election or hand-over.',
    tentativeHint: 'Replicas execute what is prepared before it is committed. A client believes it once a quorum says the same in one view.',
    snapshotHint: 'A snapshot is taken each time the log has grown by so much; a tenth of it, at most 10,000 entries, stays behind the snapshot.',
    changes: { rolling: 'One member at a time.', stopped: 'While the cluster is stopped.', fixed: 'Fixed.' },
    why: {
      protocol: 'Chosen when the cluster is created: each protocol has a log of its own.', machine: 'The same behind every protocol.',
      reads: 'A lease rests on a promise of the voters: all members change together.',
      prefer: 'It delays when members stand for election, no more; after the change leadership is handed to the first choice.',
      tentative: 'Each replica decides for itself; clients count both kinds of answers.', forwarding: 'Members may differ in it for a while.', snapshotAfterEntries: 'Each member takes its own snapshots.',
      snapshotAfterBytes: 'Bounds the disk and the memory of a node.', trailingEntries: 'A tenth of “Snapshot after”, at most 10,000.',
      electionTimeout: 'The same for all: leases and elections are measured by it.', heartbeat: 'The same for all: about a third of the shortest election timeout.',
      timeoutUnit: 'The same for all replicas.', checkpointInterval: 'Replicas agree on where checkpoints lie; it follows from their number.',
      signedCommands: 'Clients share a key made with the cluster: a replica cannot invent what they ask. On in every new cluster.',
    },
    unknown: { stopped: 'No process runs', 'not-reported': 'The members do not say', past: 'Not recorded; events tell when options changed' },
    change: 'Change…', goOn: 'Go on…', outdated: 'With older values: {names}.',
    dialog: {
      title: 'Change the options of {cluster}', goOnTitle: 'Go on with the change of {cluster}', text: 'The new values hold for every start from now on.', confirm: 'Change the options', goOn: 'Go on',
      held: 'Changes only while the cluster is stopped, for all members together.', plan: 'What will happen', same: 'Choose other values to see what would happen.', from: '{from} → {to}',
      stopped: 'Nothing is restarted. The values hold from the next start.', rolling: 'Members are restarted one at a time, the next only once the one before has caught up:',
      leads: 'hands leadership on first; writes pause for a moment', later: 'Down now, with the new values once started: {names}.',
      tolerates: 'Failures tolerated', now: 'now', meanwhile: 'while a member restarts', unplanned: 'The plan could not be made', failed: 'The options were not changed', begun: 'The options are being changed', remembered: 'The options were changed',
    },
    rollout: {
      label: 'Progress of the change', running: '{done} of {all} members are done.', cancelling: 'Being cancelled: the member that is restarting is waited for. {done} of {all} are done.', cancel: 'Cancel', cancelFailed: 'The change was not cancelled',
      done: 'The new options are in force', failed: 'The change of the options stopped', cancelled: 'The change of the options was cancelled.',
      steps: { waiting: 'waits', 'awaiting-member': 'does not run: it is waited for', 'awaiting-quorum': 'waits until the cluster can spare it', 'handing-over': 'hands leadership on', restarting: 'restarts', 'catching-up': 'catches up', done: 'done', later: 'down' },
    },
  },
}
