export default {
  page: {
    range: 'Time shown', spans: { 5: '5 min', 15: '15 min', 60: '1 h', 360: '6 h', 1440: '24 h' }, retry: 'Try again', cancel: 'Cancel', loading: 'Loading…',
    nothingHeard: 'Nothing has been heard of this cluster yet', nothingHeardHint: 'Its members appear here as soon as one of them answers.',
    momentUnavailable: 'This moment cannot be shown', noValue: 'not measured', exportPng: 'Save as a picture: {what}', exportCsv: 'Save as CSV: {what}', saveFailed: 'The file was not saved',
  },
  drawing: {
    roles: {
      leader: 'Leader', follower: 'Follower', candidate: 'Candidate', learner: 'Learner', observer: 'Observer', witness: 'Witness', primary: 'Primary', standby: 'Standby',
      replica: 'Replica', down: 'Down', paused: 'Paused', unknown: 'Unknown',
    },
    nonVoter: 'does not vote', stale: 'stale', faulted: 'a fault is in force',
    epochLetter: { 'raft-term': 'T', ballot: 'B', view: 'V', 'pg-timeline': 'TL', 'redis-epoch': 'E', 'zab-epoch': 'E', 'leader-epoch': 'E' },
    linkTitle: '{from} to {to}', linkState: { up: 'up', down: 'down', unknown: 'not known' },
    kinds: {
      append: 'append', 'append-request': 'append', 'append-response': 'append reply', heartbeat: 'heartbeat', 'heartbeat-request': 'heartbeat', 'heartbeat-response': 'heartbeat reply',
      'vote-request': 'vote request', 'vote-response': 'vote', 'pre-vote-request': 'pre-vote request', 'pre-vote-response': 'pre-vote', snapshot: 'snapshot', 'timeout-now': 'leader transfer', forward: 'forwarded',
    },
  },
  sandbox: {
    actions: {
      label: 'Actions on {name}', kill: 'Kill', stop: 'Stop', start: 'Start', restart: 'Restart', pause: 'Pause', resume: 'Resume', cutOne: 'Cut this direction', cutFromTo: 'Cut {from} to {to}',
      cutBoth: 'Cut both directions', restore: 'Restore the link', slow: 'Slow it by 200 ms', lossy: 'Lose 20 % of messages',
    },
    failed: {
      kill: '{name} was not killed', stop: '{name} was not stopped', start: '{name} was not started', restart: '{name} was not restarted', pause: '{name} was not paused', resume: '{name} was not resumed',
      addFault: 'The fault was not injected', removeFault: 'The fault was not undone', healAll: 'Not everything was healed', startAll: 'The cluster was not started', stopAll: 'The cluster was not stopped',
    },
  },
  topology: {
    title: 'Topology', toolbar: 'View of the topology', view: 'Show as', drawing: 'Drawing', tables: 'Tables', rtt: 'Round trips', rates: 'Messages', zoomIn: 'Zoom in', zoomOut: 'Zoom out', fit: 'Show everything',
    drawingLabel: 'Members and the links between them. Arrow keys walk from member to member, Enter opens one.', loading: 'Waiting for the first answers', oneWay: 'half-line: what one side can send', follows: 'dotted: whom a member says it follows; its links are not measured',
    members: 'Members', links: 'Links, in each direction', linksOf: 'Links from {name}', more: 'More', neverHeard: 'Never heard since the console started.', linkUnseen: 'Nobody measures this direction.',
    drawer: { node: 'What {name} says', link: '{from} and {to}' },
    columns: { name: 'Member', role: 'Role', epoch: 'Epoch', state: 'State', domain: 'Failure domain', endpoint: 'Endpoint', age: 'Heard', from: 'From', to: 'To', rtt: 'Round trip', bytes: 'Traffic', messages: 'Messages' },
    reachability: { ok: 'answers', refused: 'refuses the connection', timeout: 'no answer in time', 'auth-failed': 'rejects the credentials', 'tunnel-down': 'tunnel is down', stopped: 'process stopped', ended: 'process not running', unknown: 'not known' },
    paths: { process: 'asked over its process', direct: 'asked directly', ssh: 'asked through SSH', simulated: 'simulated' },
    said: {
      heading: '{name} itself says', role: 'Role', epoch: 'Epoch', leader: 'Leader', members: 'Members', first: 'First entry', applied: 'Applied', committed: 'Committed', persisted: 'On disk', last: 'Last entry',
      nobody: 'nobody', rtt: 'Answer time', version: 'Version', storage: 'Storage',
    },
    keys: { tables: 'Drawing or tables', rtt: 'Round trips on links', rates: 'Messages on links', zoom: 'Zoom with + and -', fit: 'Show everything', clear: 'Close details' },
  },
  consensus: {
    kinds: { leading: 'leads', following: 'follows', candidate: 'stands for election', learning: 'learns', unreachable: 'no answer', unknown: 'not known' },
    marks: { 'election-started': '{name} stands for election in epoch {epoch}', 'leader-elected': '{name} elected in epoch {epoch}', 'leader-lost': '{name} no longer leads in epoch {epoch}' },
    about: { leader: 'Who leads:', fence: 'The current epoch:', members: 'Who the members are:', 'leaders-in-one-reign': 'Two leaders in one epoch:' },
    timeline: {
      heading: 'Epoch timeline', label: 'Epoch timeline. Left and right go from change to change, up and down from member to member, Enter goes to the moment.',
      elections: 'No election in this stretch | {n} election in this stretch | {n} elections in this stretch', hint: 'Point at the lanes to read them; press to go to that moment.', nothing: '{name}: nothing heard',
      reading: '{name}: {role}, epoch {epoch}', unavailable: 'The record of this stretch cannot be read',
    },
    matrix: {
      heading: 'Disagreement matrix', note: 'Each row is the word of one member', who: 'Says', caption: 'What each member says.', noLeader: 'nobody', agree: 'All members that answer say the same.', alone: 'Fewer than two members answer: there is nothing to compare.', differing: 'Differing: {where}.',
      view: '{value} say {members}', verdicts: { differs: 'differs', behind: 'behind' },
      columns: { leader: 'Leader', fence: 'Epoch', members: 'Members', last: 'Last', committed: 'Committed', applied: 'Applied', age: 'Heard' },
    },
    positions: {
      heading: 'Log positions', note: 'Log {lineage}', scope: 'Scale', tail: 'End of the log', whole: 'Whole log', firstAvailable: 'first kept', applied: 'applied', committed: 'committed', persisted: 'on disk', last: 'last',
      uncommitted: 'not committed', compacted: 'compacted away', entries: 'entries', bytes: 'bytes', missing: '{count} short', level: 'complete', silent: 'does not say', foreign: 'counts in another log',
      none: 'No member tells its log positions',
    },
  },
  replication: {
    toolbar: 'What the charts show', unit: 'Measured in', units: { entries: 'Entries', bytes: 'Bytes', seconds: 'Seconds' }, leader: '{name} leads; the others follow it.', noLeader: 'Nobody leads now.',
    by: 'said by {name}', stages: { sent: 'up to what was sent', written: 'up to what was written', flushed: 'up to what is on disk', applied: 'up to what was applied' },
    standing: {
      leads: 'leads now; below is how far behind it was before', level: 'level with the leader', behind: 'behind, steady', 'falling-behind': 'falling behind', fallingBehind: 'falling behind by {rate} entries a second', catchingUp: 'catching up by {rate} entries a second',
      catchingUpIn: 'catching up by {rate} entries a second; level in {eta}', 'catching-up': 'catching up', silent: 'silent for {span}: how far behind is not known', unknown: 'nobody tells how far behind',
    },
    basis: { 'leader-progress': 'as its leader counts', 'self-report-difference': 'two members compared', 'server-computed': 'as the engine computes' },
    chartLabel: 'Lag of {name}, {unit}', noPoints: 'Nothing was measured in this stretch.', none: 'No follower is known', noneHint: 'Lag is measured by the leader; it appears once somebody leads.',
    choose: 'Followers with a chart, at most {count}:', historyUnavailable: 'Recorded lag cannot be read', hint: 'Charts show the peak of each interval. A gap means that nothing was measured. Arrow keys read a chart, Enter goes to that moment.',
  },
  alerts: {
    title: 'Alerts', tabs: { firing: 'Firing', pending: 'Pending', silenced: 'Silenced', history: 'History', rules: 'Rules' }, unavailable: 'Alerts cannot be read',
    empty: { firing: 'No alert is firing', pending: 'Nothing is pending', silenced: 'No alert is silenced', history: 'No alert was resolved in the last 7 days' },
    emptyHint: { firing: 'Conditions are checked with every answer of a member.', pending: 'A condition stands here until it has held long enough to fire.', silenced: 'A silenced alert stays here until its time is over.', history: 'Resolved alerts are listed here, newest first.' },
    severity: { info: 'info', warning: 'warning', critical: 'critical' }, phase: { pending: 'pending', firing: 'firing', resolved: 'resolved' },
    since: 'since {when}', held: '{when}, for {span}', by: 'on the word of {names}', console: 'this console', cause: 'Likely cause', advice: 'What to do', acknowledge: 'Acknowledge', acknowledged: 'acknowledged', note: 'Note',
    notePlaceholder: 'A note for others (optional)', silence: 'Silence', silenceFor: 'for {span}', silenced: 'silenced', unsilence: 'End the silence', until: 'until {when}', openMoment: 'Open the moment',
    failed: { acknowledge: 'The alert was not acknowledged', silence: 'The alert was not silenced', unsilence: 'The silence was not ended', rule: 'The rule was not changed' },
    rules: 'Rules', entries: 'entries', rulesHint: 'Rules hold for all clusters. A change is saved at once.',
    columns: { condition: 'Condition', enabled: 'On', limit: 'Limit', pendingFor: 'Fires after', resolveAfter: 'Resolves after', notify: 'Notify' },
    codes: {
      'node-failed': 'Node failed', 'link-failed': 'Link failed', 'high-latency': 'High latency', 'low-availability': 'Low availability', 'no-leader': 'No leader', 'members-disagree': 'Members disagree',
      'quorum-at-risk': 'Quorum at risk', 'quorum-lost': 'Quorum lost', 'replication-lag': 'Replication lag', 'engine-alarm': 'Alarm of the engine',
    },
    codeHints: {
      'node-failed': 'A member does not answer.', 'link-failed': 'A member hears nothing from another.', 'high-latency': 'An answer or a round trip takes too long.', 'low-availability': 'Too few members answer.',
      'no-leader': 'No majority agrees on a leader.', 'members-disagree': 'Members contradict each other.', 'quorum-at-risk': 'Losing one more stops writes.', 'quorum-lost': 'Writes have stopped.',
      'replication-lag': 'A follower is too far behind.', 'engine-alarm': 'The engine itself reports a problem.',
    },
  },
  events: {
    title: 'Events', filters: 'Filters', text: 'Text', textPlaceholder: 'Filter by text', severity: 'Severity', kind: 'Kind', member: 'Member', clear: 'Clear filters', goTo: 'Go to this moment',
    pause: 'Pause', resume: 'Resume', waiting: '{n} new event | {n} new events', export: 'Export', exportHint: 'What the filters show, as', exported: '{rows} event saved | {rows} events saved', exportFailed: 'The events were not exported',
    truncated: 'There were more than one file holds; narrow the filters for the rest.', unavailable: 'Events cannot be read', none: 'Nothing has happened yet', noneHint: 'Elections, failures, faults and alerts are listed here as they happen.',
    alerts: { 'alert-fired': 'Alert: {what}', 'alert-resolved': 'Resolved: {what}', 'alert-acknowledged': 'Acknowledged: {what}', 'alert-silenced': 'Silenced: {what}', 'alert-unsilenced': 'Silence ended: {what}' },
    noneMatch: 'No event fits the filters', keys: { filter: 'Filter by text', pause: 'Pause or resume the list' },
    groups: { leadership: 'Leadership', members: 'Members', links: 'Links', quorum: 'Quorum', alarms: 'Alarms', faults: 'Faults', operations: 'Operations' },
    kinds: {
      'leader-elected': 'leader elected', 'leader-lost': 'leader lost', 'election-started': 'election', 'epoch-changed': 'epoch', 'role-changed': 'role', 'node-down': 'node down', 'node-up': 'node up', 'node-ended': 'process ended',
      'member-added': 'member added', 'member-removed': 'member removed', 'link-down': 'link down', 'link-up': 'link up', 'quorum-lost': 'quorum lost', 'quorum-regained': 'quorum regained', 'alarm-raised': 'alarm raised',
      'alarm-cleared': 'alarm cleared', 'version-changed': 'version', disagreement: 'disagreement', agreement: 'agreement', 'alert-fired': 'alert', 'alert-resolved': 'alert resolved', 'alert-acknowledged': 'alert acknowledged', 'alert-silenced': 'alert silenced', 'alert-unsilenced': 'silence ended', 'fault-injected': 'fault', 'fault-removed': 'fault undone', 'fault-healed': 'healed',
      'operation-cluster-created': 'created', 'operation-cluster-attached': 'attached', 'operation-cluster-started': 'started', 'operation-cluster-stopped': 'stopped', 'operation-load-started': 'load started', 'operation-load-stopped': 'load stopped',
      'console-started': 'console started', 'console-stopped': 'console stopped', 'console-gap': 'console away',
    },
  },
  lab: {
    notSandbox: 'The laboratory is for local clusters', notSandboxHint: 'Faults are never injected into attached clusters. Start a local cluster to break one safely.', unavailable: 'The local cluster cannot be reached',
    past: 'The past is shown. Faults act on the present only.', toLive: 'Back to live', startFirst: 'Start the cluster first.', drawing: 'Drawing', tool: 'Tool',
    tools: { aim: 'Choose', cutOne: 'Cut one way', cutBoth: 'Cut', partition: 'Partition' },
    toolHints: { aim: 'Press a link to set it up on the right.', cutOne: 'Press the half of a link that shall fall silent.', cutBoth: 'Press a link to cut it in both directions.', partition: 'Draw a line: members on its two sides stop hearing each other.' },
    phases: { stopped: 'Stopped', starting: 'Starting', running: 'Running', stopping: 'Stopping' },
    states: { starting: 'starting', running: 'running', paused: 'paused', stopped: 'stopped', killed: 'killed', failed: 'failed' },
    nodes: { heading: 'Processes', caption: 'Processes of the cluster', node: 'Node', state: 'State', pid: 'PID', port: 'Port', restarts: 'Restarts', actions: 'Actions' },
    life: {
      label: 'The cluster', start: 'Start the cluster', stop: 'Stop the cluster', delete: 'Delete…', deleteConfirm: 'Delete', deleteTitle: 'Delete {name}', deleteText: 'Its processes are stopped; its data and its history are removed for good.', deleted: '{name} was deleted',
    },
    faults: {
      heading: 'Faults in force', none: 'None. The cluster runs undisturbed.', past: 'Listed for the present only. Events tell which faults were in force then.', healAll: 'Heal all', undo: 'Undo', undoOf: 'Undo: {what}', partition: 'Partition: {groups}', paused: '{node} is paused', killed: '{node} was killed', stopped: '{node} was stopped',
      linkOne: '{from} to {to}', linkBoth: '{from} and {to}', cut: 'cut', latency: '{ms} ms slower', latencyJitter: '{ms} ± {jitter} ms slower', loss: '{percent} % lost', bandwidth: 'at most {kilobytes} kB/s',
    },
    link: {
      heading: 'Fault on a link', from: 'From', to: 'To', bothWays: 'Both directions', latency: 'Latency', jitter: 'Jitter', loss: 'Loss', bandwidth: 'Bandwidth', unlimited: 'no limit', apply: 'Apply', cut: 'Cut', same: 'Choose two different members.',
    },
    partition: {
      heading: 'Partition', hint: 'Drag members into groups, or move them with the left and right arrow keys. Groups do not hear each other.', group: 'Group {group}', member: '{name}, in group {group}. Left and right move it.',
      whole: 'All members hear each other.', nobody: 'No group holds a majority: writes will stop.', deciding: 'Group {group} holds a majority and can go on.', apply: 'Partition', reset: 'Put all together',
    },
    load: {
      heading: 'Load generator', note: 'A client process that writes and reads', clients: 'Clients', rate: 'Operations a second', unlimited: 'As fast as answers come', valueBytes: 'Size of a value', readShare: 'Share of reads',
      start: 'Start', adjust: 'Apply', stop: 'Stop', stopLoad: 'Stop the load', completed: 'completed', errors: 'errors', unknown: 'unknown outcomes', throughput: 'Throughput', totalCompleted: 'Completed', totalErrors: 'Errors', totalUnknown: 'Unknown outcomes',
      unknownHint: 'Sent and never answered: these may or may not have taken effect.', none: 'No load yet', noneHint: 'Throughput and latency appear here once it runs.',
      charts: { throughput: 'Completed operations a second', latency: 'Latency', trouble: 'Errors and unknown outcomes a second' },
      failed: { start: 'The load was not started', adjust: 'The load was not changed', stop: 'The load was not stopped' },
    },
  },
}
