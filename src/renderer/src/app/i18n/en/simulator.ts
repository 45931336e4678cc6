export default {
  simulator: {
    title: 'Simulator', intro: 'The very code of the nodes, on simulated clocks, networks and disks. Equal choices give the same run, event for event; every invariant is checked after every step.',
    waiting: 'Preparing the simulation', broke: 'The simulator stopped: {message}', run: '{protocol} · {nodes} nodes · seed {seed}', drawing: 'Members and messages under way', look: 'Look',
    protocols: { raft: 'Raft', paxos: 'Multi-Paxos', pbft: 'PBFT' },
    setup: {
      heading: 'Set-up', protocol: 'Protocol', nodes: 'Nodes', seed: 'Seed', seedHint: 'Delays, losses and the schedule of faults are drawn from it.', draw: 'Draw another seed', profile: 'Aimed at', synchrony: 'System model', faults: 'Faults', start: 'Simulate',
      toleratesLiars: 'Goes on with {n} liar or crash | Goes on with {n} liars or crashes', toleratesCrashes: 'Goes on with {n} crashed',
      beyond: 'Break an assumption', beyondLiars: 'One liar more than the protocol tolerates: correct replicas may decide differently.', beyondClocks: 'Reads by lease, while the clock of n1 runs at a quarter of the speed: reads may be stale.',
    },
    profiles: { mixed: 'Everything', elections: 'Elections', snapshots: 'Snapshots', membership: 'Membership', disk: 'Disks', reads: 'Reads', byzantine: 'Liars', calm: 'Calm', changes: 'During changes', transfers: 'During transfers', moments: 'Every moment', tentative: 'Tentative execution' },
    profileHints: {
      mixed: 'All kinds of faults, each at a rate of its own.', elections: 'Leaders that come and go.', snapshots: 'Short logs, members that fall behind.', membership: 'Members are added and removed while it runs.', disk: 'Torn writes, rot, full disks.',
      reads: 'Many reads, at leaders that may have been deposed.', byzantine: 'Some members lie.', calm: 'Few faults.',
      changes: 'Faults strike while members change.', transfers: 'Faults strike while state is transferred.', moments: 'Every kind of fault, in every phase alike.',
      tentative: 'Replicas execute what is prepared before it is committed, and take it back when the view changes.',
    },
    synchronies: { drawn: 'Drawn from the seed', synchronous: 'Synchronous', 'partially-synchronous': 'Partially synchronous', asynchronous: 'Asynchronous' },
    synchronyHints: { drawn: 'One of the three.', synchronous: 'No message takes longer than 200 ms.', 'partially-synchronous': 'Delays are bounded only after the faults end.', asynchronous: 'A message may take any time.' },
    groups: { process: 'Processes', network: 'Network', clock: 'Clocks', disk: 'Disks', operator: 'Operations', byzantine: 'Liars' },
    transport: { label: 'Run', start: 'To the start', play: 'Play', pause: 'Pause', step: 'Next event', speed: 'Speed', end: 'To the end', track: 'Time of the simulation', time: 'Time', healing: 'From here on a quorum is healed, and must come together.' },
    keys: { play: 'Play or pause the simulation', step: 'Next event', near: 'A tenth of a second back or on', far: 'A second back or on', start: 'To the start', end: 'Run to the end' },
    logs: { heading: 'Logs', caption: 'The log of each member', index: 'Index', none: 'No entry yet.', compacted: 'in a snapshot', states: { volatile: 'in memory', persisted: 'on disk', committed: 'committed', applied: 'applied' } },
    fork: { heading: 'Add a fault now', fault: 'Fault', node: 'Member', lasts: 'Lasts', inject: 'Fork from here', hint: 'What was simulated beyond this moment is forgotten. Drawing a line through the picture cuts it for five seconds.' },
    tools: {
      'crash': 'Crash', 'pause': 'Pause', 'isolate': 'Isolate', 'one-way': 'Mute (one way)', 'ring': 'Ring', 'bridge': 'Bridge', 'loss': 'Lose 30 %', 'delay': 'Five times slower', 'clock-jump': 'Clock jumps ahead', 'torn-write': 'Torn write',
      'fsync-error': 'Flush fails', 'disk-full': 'Disk full', 'disk-stall': 'Disk stalls', 'transfer-leadership': 'Hand over leadership', 'power-loss': 'Power loss of all',
    },
    faults: {
      'crash': '{node} crashes', 'power-loss': 'All lose power', 'pause': '{node} stands still', 'partition-groups': 'Partition: {groups}', 'partition-one-way': '{from} is not heard by {to}', 'partition-ring': 'Each hears its neighbours only', 'partition-bridge': 'Only {node} hears both halves',
      'partition-isolate': '{node} is isolated', 'loss': '{percent} % of messages are lost', 'duplication': '{percent} % of messages are doubled', 'reordering': '{percent} % of messages overtake others', 'clog': 'Messages from {from} to {to} wait', 'delay': 'The network is {factor} times slower',
      'drop': 'Message {nth} from {from} to {to} is lost', 'clock-jump': 'The clock of {node} jumps by {seconds} s', 'clock-drift': 'The clock of {node} runs at {rate} times its speed', 'torn-write': '{node} dies in the middle of a write', 'bit-rot': 'A bit turns on the disk of {node}',
      'misdirected-write': 'The disk of {node} writes to the wrong place', 'misdirected-read': 'The disk of {node} reads the wrong place', 'fsync-error': 'A flush of {node} fails', 'disk-full': 'The disk of {node} is full', 'disk-stall': 'The disk of {node} stalls',
      'transfer-leadership': 'Leadership goes to {node}', 'transfer-leadership-any': 'Leadership is handed over', 'change-members': 'Members change: {changes}',
    },
    events: {
      'sent': '{message} from {from} to {to}', 'delivered': '{message} of {from} reaches {to}', 'dropped': '{message} of {from} to {to} is lost', 'role': '{node} is {role} in {term}', 'term': '{node} enters {term}', 'leader': '{node} follows {leader} in {term}', 'no-leader': '{node} knows no leader in {term}',
      'members': '{node} knows the members {members}', 'misbehaviour': '{node} proves that {of} broke the protocol: {what}', 'crash': '{node} ends: {why}', 'restart': '{node} starts again with {n} records', 'rotten': '{node} does not start: {why}', 'fault-ended': 'Ended: {text}',
      'invoked': '{client} asks: {f} {key} {value}', 'completed-ok': '{client} is answered: {f} {key} {value}', 'completed-fail': '{client} is refused: {f} {key}', 'completed-unknown': '{client} does not learn the outcome: {f} {key}', 'committed': '{node} knows {from} to {to} as committed', 'applied': '{node} applies {command}',
      'snapshot-taken': '{node} took a snapshot at {index}', 'snapshot-installed': '{node} installed a snapshot at {index}', 'phase-liveness': 'A quorum is healed: {core}', 'phase-quiet': 'Clients stop; all must come together', 'phase-ended': 'The end', 'violated': '{invariant} is broken: {message}',
    },
    eventList: { heading: 'Events', show: 'Show', none: 'Nothing yet.', groups: { elections: 'Elections', faults: 'Faults', clients: 'Clients', state: 'Snapshots and members' } },
    counts: {
      heading: 'Counts', messagesSent: 'Messages sent', messagesDelivered: 'delivered', messagesDropped: 'lost', messagesDuplicated: 'doubled', crashes: 'Crashes', flushes: 'Disk flushes', operationsOk: 'Operations answered', operationsUnknown: 'of unknown outcome', invariantEvaluations: 'Invariant checks',
    },
    violation: {
      heading: 'A broken invariant', title: '{name} does not hold.', source: '{source}. At {time}, seen at {node}.', cluster: 'the whole cluster', go: 'Go to the moment', shorten: 'Find the shortest run', searching: 'Taking away whatever is not needed', stop: 'Stop',
      shortest: 'The shortest run that breaks it, after {runs} try | The shortest run that breaks it, after {runs} tries', open: 'Open the shortest run',
    },
    invariants: {
      ElectionSafety: 'At most one leader may be elected in a term.', LogMatching: 'Two logs with an entry of the same index and term are equal up to it.', LeaderCompleteness: 'A committed entry is in the log of every later leader.',
      StateMachineSafety: 'No two members may apply different commands at the same place.', Linearizability: 'Every operation must seem to take effect at one moment between its call and its answer.', Agreement: 'No two correct replicas may commit different batches at one sequence number.',
      Progress: 'Once a quorum is healed, a new write must succeed in time.', Convergence: 'Once healed, all members of the quorum must come to the same state.',
    },
  },
}
