/** Words that components say by themselves; the shape is ui/words.ts. */
export default {
  units: { ms: 'ms', s: 's', min: 'min', h: 'h', d: 'd' },
  states: {
    quorate: 'Quorate', 'at-risk': 'At risk', 'no-quorum': 'No quorum', starting: 'Starting', stopping: 'Stopping', stopped: 'Stopped', unknown: 'Unknown',
  },
  roles: {
    leader: 'Leader', follower: 'Follower', candidate: 'Candidate', learner: 'Learner', observer: 'Observer', witness: 'Witness',
    primary: 'Primary', standby: 'Standby', replica: 'Replica', down: 'Down', unknown: 'Unknown',
  },
  unknownBecause: {
    unreachable: 'Not known: the member does not answer.',
    'not-reported': 'Not known: the member does not report it.',
    'not-supported': 'Not known: this engine or version has no such figure.',
    'not-measured': 'Not known: not measured yet.',
    refused: 'Not known: the member declined to say.',
  },
  unknown: 'Unknown',
  close: 'Close', cancel: 'Cancel', dismiss: 'Dismiss', loading: 'Loading', required: 'required', more: 'Increase', less: 'Decrease', retry: 'Try again',
  notifications: 'Notifications',
  ago: '{age} ago', now: 'now', epoch: 'Term {term}', saidBy: 'Said by {name}', saidAt: 'at {time}, {age}', staleFor: 'Stale: last heard {age}',
  typeToConfirm: 'Type “{name}” to confirm',
}
