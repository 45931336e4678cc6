export default {
  product: 'Quorate',
  skip: 'Skip to the page', tooltips: 'Tooltips',
  rail: {
    label: 'Clusters', overview: 'Overview', add: 'Add a cluster', settings: 'Settings', palette: 'Commands',
    startLocal: 'Start a local cluster', attach: 'Attach a cluster', alerts: '{n} alert | {n} alerts', move: 'Move up or down with Alt+arrow keys',
  },
  tabs: { label: 'Pages of this cluster', topology: 'Topology', consensus: 'Consensus', replication: 'Replication', alerts: 'Alerts', events: 'Events', lab: 'Lab' },
  header: { critical: 'Critical', waiting: 'Waiting for the first answer of its members.', notFound: 'There is no such cluster.', notFoundHint: 'It may have been removed.', toOverview: 'Go to the overview' },
  menu: {
    label: 'Actions for {name}', rename: 'Rename', markCritical: 'Mark as critical', unmarkCritical: 'Remove the critical mark', stop: 'Stop the cluster', start: 'Start the cluster',
    delete: 'Delete the cluster', detach: 'Detach the cluster', credentials: 'Enter credentials again',
  },
  rename: { title: 'Rename {name}', label: 'Name', save: 'Rename', tooLong: 'A name has 1 to 60 characters.' },
  delete: {
    title: 'Delete {name}', confirm: 'Delete cluster and data',
    text: 'All its processes are stopped; their data folders and the history of this cluster are removed. This cannot be undone.',
  },
  detach: { title: 'Detach {name}', confirm: 'Detach', text: 'Quorate stops asking its members and forgets how to reach them. The cluster itself is not touched.' },
  stop: { title: 'Stop {name}', confirm: 'Stop the cluster', text: 'All its processes are stopped. Their data stays, and the cluster can be started again.' },
  failed: { rename: 'The cluster was not renamed', mark: 'The mark was not changed', stop: 'The cluster was not stopped', start: 'The cluster was not started', dismiss: 'The notice was not dismissed', settings: 'The setting was not saved' },
  drawer: { label: 'Details', close: 'Close details' },
  connection: {
    connecting: 'Connecting', connected: 'Connected', reconnecting: 'Reconnecting', disconnected: 'Disconnected',
    lost: 'The console service does not answer.', lostText: 'What is shown may be old. The connection is tried again by itself.', retry: 'Try now',
    waiting: 'Connecting to the console service',
    failures: {
      'no-token': { title: 'This address carries no access token.', hint: 'Open the address that “quorate serve” printed, with all that follows the #.' },
      'loopback-gone': { title: 'The console service cannot be reached.', hint: 'See whether “quorate serve” still runs. After a restart, open the new address that it prints.' },
      'desktop-gone': { title: 'The console service did not answer in time.', hint: 'It is started again by itself; restart Quorate if it stays away.' },
    },
  },
  past: { viewing: 'Viewing {time}, {age} ago', toLive: 'Back to live', loading: 'Fetching what was recorded', playing: 'Playing at {speed}x' },
  time: {
    label: 'Time bar', track: 'Moment shown', live: 'Live', toLive: 'Go live', pause: 'Hold this moment', play: 'Play', stop: 'Stop playing', speed: 'Playing speed', range: 'Time range',
    previous: 'Previous event', next: 'Next event', atLive: 'Live, {time}', atPast: '{time}, {age} ago', elections: 'Elections', alerts: 'Alerts', all: 'All',
    nothing: 'Nothing is recorded yet.',
  },
  status: { clusters: '{n} cluster | {n} clusters', alerts: 'no alerts | {n} alert | {n} alerts', database: 'History {size}', noHistory: 'No history', notices: '{n} notice | {n} notices' },
  palette: { title: 'Commands', placeholder: 'Search for clusters, pages and actions', nothing: 'Nothing fits “{query}”.', goTo: 'Go to', action: 'Action', results: '{n} result | {n} results' },
  keys: {
    title: 'Keys', window: 'Window', timeBar: 'Time bar', palette: 'Commands', cluster: 'Cluster 1 to 9', overview: 'Overview', filter: 'Filter', list: 'This list', close: 'Close or clear',
    settings: 'Settings', pause: 'Hold or play', back: 'One second back or on', farBack: 'Half a minute back or on', live: 'Live', tabs: 'Page 1 to 6 of the cluster', drawer: 'Close details',
  },
  theme: { toggle: 'Switch between light and dark' },
  error: {
    title: 'This page ran into an error', text: 'The rest of Quorate goes on. Clusters and history are not affected.', retry: 'Open the page again', overview: 'Go to the overview', reload: 'Reload the window',
    details: 'What happened', copy: 'Copy', copied: 'Copied',
  },
}
