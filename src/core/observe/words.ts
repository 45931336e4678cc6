/**
 * Every sentence in English: for the command line, notifications and logs, and the English catalogue of the screens. A bar parts singular from
 * plural.
 */
import type { SentenceKey } from './sentences'
import type { Sentence } from './types'

type Parameters = Sentence['parameters']

export const ENGLISH = {
  'state.quorate': 'Quorate. {agreeing} of {voters} voters agrees on {leader} in {fenceKey} {fence}. Can lose {canLose} more. | Quorate. {agreeing} of {voters} voters agree on {leader} in {fenceKey} {fence}. Can lose {canLose} more.',
  'state.at-risk.silent': 'At risk. {name} has not answered for {forMs}. {thenKey}',
  'state.at-risk.silent-unknown': 'At risk. {name} does not answer. {thenKey}',
  'state.at-risk.silent-many': 'At risk. {names} do not answer. {thenKey}',
  'state.at-risk.disagrees': 'At risk. {names} does not follow {leader} in {fenceKey} {fence}. {thenKey} | At risk. {names} do not follow {leader} in {fenceKey} {fence}. {thenKey}',
  'state.at-risk.mute': 'At risk. {names} says nothing to the others. {thenKey} | At risk. {names} say nothing to the others. {thenKey}',
  'state.at-risk.misbehaves': 'At risk. {names} has broken the protocol, by the word of others. {thenKey} | At risk. {names} have broken the protocol, by the word of others. {thenKey}',
  'state.at-risk.single': 'At risk. {leader}, the only voter, leads in {fenceKey} {fence}. Losing it stops writes.',
  'state.at-risk.small': 'At risk. {agreeing} of {voters} voters agree on {leader} in {fenceKey} {fence}. Losing one stops writes.',
  'state.no-quorum': 'No quorum. {answering} of {voters} voters answers; writes have stopped for {forMs}. | No quorum. {answering} of {voters} voters answer; writes have stopped for {forMs}.',
  'state.no-quorum-yet': 'No quorum. {answering} of {voters} voters answers; writes have stopped. | No quorum. {answering} of {voters} voters answer; writes have stopped.',
  'state.no-leader': 'No quorum. {answering} of {voters} voters answers but no majority agrees on a leader; writes have stopped for {forMs}. | No quorum. {answering} of {voters} voters answer but no majority agrees on a leader; writes have stopped for {forMs}.',
  'state.no-leader-yet': 'No quorum. {answering} of {voters} voters answers but no majority agrees on a leader; writes have stopped. | No quorum. {answering} of {voters} voters answer but no majority agrees on a leader; writes have stopped.',
  'state.starting': 'Starting. {answering} of {voters} voters answers; no leader has been elected yet. | Starting. {answering} of {voters} voters answer; no leader has been elected yet.',
  'state.stopped': 'Stopped. Its only voter was stopped. | Stopped. All {voters} voters were stopped.',
  'state.unknown.never': 'Unknown. Nothing has been heard yet.',
  'state.unknown.no-answer': 'Unknown. No member has answered yet.',
  'state.unknown.silent': 'Unknown. Nothing heard for {forMs}.',
  'state.unknown.last-seen': 'Unknown. Nothing heard for {forMs}; last seen {lastKey}.',
  'state.unknown.partly': 'Unknown. {answering} of {voters} voters answers, too few to tell. | Unknown. {answering} of {voters} voters answer, too few to tell.',

  'margin.none': 'Losing one more stops writes.',
  'margin.more': 'Can lose {canLose} more.',
  'last.quorate': 'quorate',
  'last.at-risk': 'at risk',
  'last.no-quorum': 'without a quorum',

  'fence.raft-term': 'term',
  'fence.ballot': 'ballot',
  'fence.view': 'view',
  'fence.pg-timeline': 'timeline',
  'fence.redis-epoch': 'epoch',
  'fence.zab-epoch': 'epoch',
  'fence.leader-epoch': 'leader epoch',
  'fence.unknown': 'an unknown epoch',

  'role.leader': 'leader',
  'role.follower': 'follower',
  'role.candidate': 'candidate',
  'role.learner': 'learner',
  'role.observer': 'observer',
  'role.witness': 'witness',
  'role.primary': 'primary',
  'role.standby': 'standby',
  'role.replica': 'replica',

  'reachability.ok': 'it answers',
  'reachability.refused': 'the connection is refused',
  'reachability.timeout': 'no answer in time',
  'reachability.auth-failed': 'the credentials were rejected',
  'reachability.tunnel-down': 'the tunnel to it is down',
  'reachability.stopped': 'its process was stopped',
  'reachability.ended': 'its process is not running',
  'reachability.unknown': 'the reason is not known',

  'about.leader': 'who leads',
  'about.fence': 'the current epoch',
  'about.members': 'who the members are',
  'about.leaders-in-one-reign': 'the leader of one and the same epoch',

  'issue.node-failed': '{name} does not answer: {whyKey}.',
  'issue.link-failed': '{to} hears nothing from {from}.',
  'issue.high-latency.node': '{name} takes {rttMs} to answer; the limit is {limitMs}.',
  'issue.high-latency.link': 'The round trip from {from} to {to} takes {rttMs}; the limit is {limitMs}.',
  'issue.low-availability': 'Low availability. {answering} of {voters} voters answers ({share} %). | Low availability. {answering} of {voters} voters answer ({share} %).',
  'issue.quorum-lost': 'Quorum lost. {answering} of {voters} voters answers; {needed} are needed. Writes have stopped. | Quorum lost. {answering} of {voters} voters answer; {needed} are needed. Writes have stopped.',
  'issue.no-leader': 'No leader. {answering} of {voters} voters answer, and fewer than {needed} agree on a leader. Writes have stopped.',
  'issue.quorum-at-risk': 'Quorum at risk. {agreeing} of {voters} voters agree, and {needed} are needed. Losing one more stops writes.',
  'issue.members-disagree.leader': 'Members disagree on who leads. {views}.',
  'issue.members-disagree.fence': 'Members disagree on the current epoch. {views}.',
  'issue.members-disagree.members': 'Members disagree on who the members are. {views}.',
  'issue.members-disagree.leaders-in-one-reign': 'Two leaders in one epoch. {views}.',
  'issue.replication-lag': '{name} is {entries} entries behind; the limit is {limit}.',
  'issue.misbehaviour': '{name} broke the protocol, by the word of {by}. {text}',
  'issue.engine-alarm': '{name} raises the alarm {alarm}: {text}',

  'cause.process-down': 'The process has ended, or does not listen at this address.',
  'cause.hangs-or-cut-off': 'The process hangs or is paused, or the network drops its packets.',
  'cause.credentials': 'The user, password or certificate is not accepted any more.',
  'cause.tunnel': 'The SSH connection to its host is down.',
  'cause.stopped': 'The process was stopped on purpose.',
  'cause.ended': 'The process was killed, crashed, or could not start.',
  'cause.not-told': 'Nothing tells why.',
  'cause.network-cut': 'The network between the two drops packets in this direction.',
  'cause.overload-or-distance': 'The host is overloaded, its disk is slow, or the path is long or congested.',
  'cause.several-down': 'Several members are down, or cannot be reached from here.',
  'cause.majority-down': 'A majority of the voters is down or cannot be reached.',
  'cause.election-not-won': 'An election is under way or cannot be won, for example because members do not hear each other.',
  'cause.members-missing': 'One or more voters do not answer or do not follow the leader.',
  'cause.protocol-violated': 'Data may have diverged: two nodes with one identity, a restored old data folder, or a defect.',
  'cause.partition-or-election': 'A network partition, or an election that has not reached every member.',
  'cause.membership-change': 'A membership change that has not reached every member.',
  'cause.slow-follower': 'The follower is slow, was away, or its link is too narrow for the load.',
  'cause.lies': 'The member runs something else than the protocol, its key is in other hands, or its accuser lies.',
  'cause.engine-says': 'The engine itself reports it.',

  'advice.check-node': 'Look at the process and its log on its host; start it again if it has ended.',
  'advice.check-credentials': 'Enter the credentials again.',
  'advice.check-tunnel': 'Check the SSH connection to the host.',
  'advice.check-network': 'Check the network between the two hosts: routes, firewalls, packet loss.',
  'advice.check-load': 'Check processor, disk and network load of the host.',
  'advice.restore-members': 'Bring the missing members back before anything else is changed.',
  'advice.restore-majority': 'Bring members back until a majority answers. Do not force a new cluster while they may return.',
  'advice.check-links': 'Check the links between the members, and their clocks and disks.',
  'advice.stop-writes': 'Stop writing to this cluster, and find out which member holds the true data.',
  'advice.compare-matrix': 'Compare the members in the disagreement matrix; check the links of the odd one out.',
  'advice.check-follower': 'Check disk and network of the follower, and whether the lag shrinks.',
  'advice.replace-liar': 'Take the member out of service, and do not trust what it holds. If only one member accuses it, doubt that one too.',
  'advice.see-engine': 'Follow the manual of the engine for this alarm.',

  'event.leader-elected': '{leader} was elected leader in {fenceKey} {fence}.',
  'event.primary-named': '{leader} is primary in {fenceKey} {fence}.',
  'event.leader-lost': '{leader} no longer leads in {fenceKey} {fence}.',
  'event.election-started': '{name} stands for election in {fenceKey} {fence}.',
  'event.view-change-started': '{name} asks for {fenceKey} {fence}.',
  'event.epoch-changed': 'The {fenceKey} went from {earlier} to {fence}.',
  'event.role-changed': '{name} went from {fromKey} to {toKey}.',
  'event.node-down': '{name} stopped answering: {whyKey}.',
  'event.node-up': '{name} answers again.',
  'event.node-answers': '{name} answers.',
  'event.member-added': '{name} joined the members.',
  'event.member-removed': '{name} left the members.',
  'event.link-down': 'The link from {from} to {to} is down.',
  'event.link-up': 'The link from {from} to {to} is up again.',
  'event.link-made': 'The link from {from} to {to} is up.',
  'event.quorum-lost': 'Quorum lost: {agreeing} of {voters} voters agree.',
  'event.quorum-regained': 'Quorum regained: {agreeing} of {voters} voters agree.',
  'event.alarm-raised': '{name} raised the alarm {alarm}.',
  'event.misbehaviour': '{name} says that {accused} broke the protocol. {text}',
  'event.alarm-cleared': '{name} cleared the alarm {alarm}.',
  'event.version-changed': '{name} went from version {from} to {to}.',
  'event.disagreement': 'Members disagree on {aboutKey}.',
  'event.two-leaders': 'Two leaders in one and the same epoch.',
  'event.agreement': 'The members agree again.',

  'notice.history.set-aside-corrupt': 'The history could not be read and was set aside as {file}. A new one was begun.',
  'notice.history.set-aside-newer': 'The history was written by a newer version of Quorate (format {version}) and was set aside as {file}. A new one was begun.',
  'notice.history.removed': 'The history file {file} was removed while it was in use. A new one was begun.',
  'notice.history.disk-full': 'The disk is full: history is not being recorded. Recording resumes once there is space.',
  'notice.history.not-writable': 'The history file {file} cannot be written: history is not being recorded.',
  'notice.history.no-database': 'The database module cannot be loaded here: history is not being recorded.',
} satisfies Readonly<Record<SentenceKey, string>>

/** "340 ms", "12 s", "2 min", "5 h", "3 d": one unit, rounded down, as one says it. */
export function durationInWords(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 120_000) return `${Math.floor(ms / 1_000)} s`
  if (ms < 2 * 3_600_000) return `${Math.floor(ms / 60_000)} min`
  if (ms < 48 * 3_600_000) return `${Math.floor(ms / 3_600_000)} h`
  return `${Math.floor(ms / 86_400_000)} d`
}

/** The first of these that a sentence has decides between singular and plural. */
const COUNTED = ['count', 'answering', 'agreeing', 'voters'] as const

export const counted = (parameters: Parameters): number | undefined => COUNTED.map((name) => parameters[name]).find((value) => typeof value === 'number')

const hasWords = (key: string): key is SentenceKey => Object.hasOwn(ENGLISH, key)

/**
 * The sentence in English. `further` holds templates of sentences that are not of this folder. A key that nobody knows comes
 * back as it is, with its parameters, rather than as nothing.
 */
export function say({ key, parameters }: Sentence, further: Readonly<Record<string, string>> = {}): string {
  const words: string | undefined = hasWords(key) ? ENGLISH[key] : Object.hasOwn(further, key) ? further[key] : undefined
  if (words === undefined) {
    const told = Object.entries(parameters).map(([name, value]) => `${name}: ${value}`)
    return told.length === 0 ? key : `${key} (${told.join(', ')})`
  }
  const [one = '', many = one] = words.split(' | ')
  const template = counted(parameters) === 1 ? one : many
  return template
    .replaceAll(/\{(\w+)\}/g, (_match, name: string) => {
      const value = parameters[name]
      if (value === undefined) return ''
      if (name.endsWith('Key') && typeof value === 'string') return say({ key: value, parameters }, further)
      return name.endsWith('Ms') && typeof value === 'number' ? durationInWords(value) : String(value)
    })
    .replaceAll(/ +(?=[ .;,])/g, '')
}
