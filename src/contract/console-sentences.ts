/**
 * Every sentence that the console service itself says in events and notices, in English, with its parameters in braces: the
 * checklist for catalogues in other languages. What derivations and alerts say is in core/observe. A parameter whose name
 * ends in `Ms` is a duration, to be written as people do.
 */
export const CONSOLE_SENTENCES = {
  'event.console-started': 'Quorate {version} was started.',
  'event.console-stopped': 'Quorate was stopped.',
  'event.console-gap': 'Nothing was observed for {forMs}: the console or its machine was asleep.',

  'event.cluster-created': '{cluster} was created: {protocol} with {nodes} nodes.',
  'event.cluster-started': '{cluster} was started.',
  'event.cluster-stopped': '{cluster} was stopped.',
  'event.cluster-attached': '{cluster} was attached.',
  'event.load-started': 'A load was started: {clients} clients.',
  'event.load-stopped': 'The load was stopped.',

  'event.node-kill': '{name} was killed (SIGKILL).',
  'event.node-stop': '{name} was stopped.',
  'event.node-start': '{name} was started.',
  'event.node-restart': '{name} was restarted.',
  'event.node-pause': '{name} was paused (SIGSTOP).',
  'event.node-resume': '{name} was resumed.',
  'event.node-ended': '{name} ended unasked: {reason}',
  'event.lie-equivocate': '{name} was made to equivocate: it tells the others different things.',
  'event.lie-forge': '{name} was made to forge: it signs and answers what is not so.',
  'event.lie-silent': '{name} was made to stay silent: it takes part in nothing.',
  'event.lie-honest': '{name} was made honest again.',
  'event.members-add': '{name} was added as a learner; it votes once it has caught up.',
  'event.members-add-learner': '{name} was added as a learner; it does not vote until it is promoted.',
  'event.members-add-witness': '{name} was added as a witness: it votes and keeps no data.',
  'event.members-remove': '{name} was removed from the members.',
  'event.members-promote': '{name} was made a voter.',
  'event.members-unknown': 'A change of the members was begun, and its outcome is not known: {reason}',
  'event.members-recovered': 'The majority was given up: {name} was made the only voter. Writes that only {lost} held are lost.',
  'event.leadership-handed-on': 'Leadership was handed to the most up-to-date voter.',
  'event.leadership-handed-to': 'Leadership was handed to {name}.',
  'event.fault-cut': 'The link from {from} to {to} was cut.',
  'event.fault-cut-both': 'The link between {from} and {to} was cut.',
  'event.fault-link': 'The link from {from} to {to} was degraded.',
  'event.fault-link-both': 'The link between {from} and {to} was degraded.',
  'event.fault-partition': 'The cluster was partitioned: {groups}.',
  'event.fault-removed': 'A fault was removed.',
  'event.fault-healed': 'All faults were healed.',

  'notice.secrets-in-memory': 'This system has no secret store that keeps secrets. Passwords and keys are held in memory and asked for again after a restart.',
  'notice.clusters-set-aside': 'The list of clusters could not be read. It was kept as {file}, and a new one was begun.',
  'notice.settings-set-aside': 'The settings could not be read. They were kept as {file}, and the defaults hold.',
  'notice.alert-rules-set-aside': 'The rules of alerts could not be read. They were kept as {file}, and the usual rules are in force.',
  'notice.engines-set-aside': 'The list of attached clusters could not be read. It was kept as {file}. Attach them again.',
  'notice.sandbox-unreadable': 'The local cluster in {directory} could not be read and was left alone: {reason}',
  'notice.sandbox-not-started': '{cluster} could not be started: {reason}',
} as const
export type ConsoleSentenceKey = keyof typeof CONSOLE_SENTENCES
