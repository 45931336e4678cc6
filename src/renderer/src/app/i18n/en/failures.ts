/** What a failure is, by its code, where the service's own sentence is not at hand in the user's language. Told first in other languages. */
export default {
  'invalid-input': { text: 'What was entered is not valid.', hint: 'Check the values and try again.' },
  cancelled: { text: 'The operation was cancelled, or took longer than is allowed.', hint: 'Try again where it is still wanted.' },
  internal: { text: 'Something failed inside the console.', hint: 'Try again; if it fails again, see the log in the data folder.' },
  'not-found': { text: 'What was asked for does not exist, or was removed.', hint: 'Choose again from the current list.' },
  disconnected: { text: 'The connection to the console service was lost.', hint: 'Look at the outcome before trying again: it is not known whether the request took effect.' },
  'too-large': { text: 'The content is too large, or too many requests are under way.', hint: 'Make it smaller, or try again in a moment.' },

  'name-taken': { text: 'A cluster has this name already.', hint: 'Choose another name.' },
  'name-mismatch': { text: 'The name given is not the name of the cluster.', hint: 'Enter the whole name of the cluster.' },
  'too-many': { text: 'There are as many as there can be.', hint: 'Remove what is no longer needed first.' },

  unreachable: { text: 'The endpoint cannot be reached.', hint: 'Check the address, the port, firewalls, and whether the member runs.' },
  'tls-failed': { text: 'The TLS connection was not made.', hint: 'See whether this port speaks TLS, and which versions both sides take.' },
  'certificate-rejected': { text: 'A certificate was not accepted.', hint: 'Check the CA, the dates of the certificate, and the host name in it.' },
  'auth-failed': { text: 'The credentials were rejected.', hint: 'Check the user, the password, and what the user may do.' },
  'not-etcd': { text: 'What answers is not an etcd v3 server.', hint: 'Give the client port (usually 2379), not the port between members.' },
  'bad-certificate': { text: 'The certificate or the key cannot be used.', hint: 'Give PEM files that belong together, are not encrypted, and have not expired.' },
  'different-clusters': { text: 'The endpoints belong to different clusters.', hint: 'Attach each cluster by its own.' },
  'already-attached': { text: 'This cluster is attached already.', hint: 'Open it from the list on the left.' },

  unavailable: { text: 'The history cannot be read.', hint: 'The notices at the top of the window tell why.' },

  'not-a-sandbox': { text: 'This is not a local cluster.', hint: 'This works on local clusters only.' },
  'not-running': { text: 'The cluster or its load is not running.', hint: 'Start it first.' },
  'start-failed': { text: 'A process could not be started.', hint: 'Check memory, processes and folder permissions, and try again.' },
  'port-in-use': { text: 'A port that is needed is in use.', hint: 'End the program that uses it, and try again.' },
  'no-space': { text: 'The disk is full.', hint: 'Free some space and try again.' },
  'wrong-folder': { text: 'The data folder does not belong to this node.', hint: 'Put the right folder back, or delete the cluster and create it again.' },
  'wrong-state': { text: 'This cannot be done in the current state.', hint: 'The state may just have changed; look at it and try again.' },
  unsupported: { text: 'This system cannot do that.', hint: 'Cut the links of the node instead.' },
  'protocol-unsupported': { text: 'The protocol of this cluster has no such thing.', hint: 'Create a cluster of another protocol to see it.' },
  'group-refused': { text: 'The members of the cluster refused it.', hint: 'Another change may be under way; look at the members and try again.' },
  'no-such-member': { text: 'It is no member of the cluster.', hint: 'Look at who the members are.' },
  'not-caught-up': { text: 'The new node did not catch up in time. It stays a learner.', hint: 'Once it has caught up, make it a voter and remove the old one; or remove the new one and begin again.' },
  'unknown-outcome': { text: 'It was begun, and how it ended is not known.', hint: 'Look at what the members say before you try again.' },
  'no-leader': { text: 'No member leads the cluster now.', hint: 'Wait for an election, or bring members back.' },
  'still-quorate': { text: 'A majority of the cluster still answers.', hint: 'Change its members in the ordinary way.' },

  'nothing-to-do': { text: 'It is like that already.', hint: 'Choose other values.' },
  'change-in-flight': { text: 'The same is being changed already.', hint: 'Wait until that has ended, or cancel it.' },
  'needs-stop': { text: 'This changes on all members together, while none runs.', hint: 'Stop the cluster, change it, and start it again.' },
  'would-lose-quorum': { text: 'The cluster cannot spare a member now.', hint: 'Bring back the members that do not answer; a cluster that tolerates no failure is stopped, changed, and started again.' },

  'disk-failed': { text: 'Writing to the disk failed; the node stopped itself.', hint: 'Check the disk, then start the node.' },
  'log-corrupt': { text: 'The log of the node is damaged; it cannot start.', hint: 'Delete the cluster and create it again, or restore its data folder from a backup.' },
  'invariant-broken': { text: 'The node found its own state inconsistent and stopped itself.', hint: 'Keep its data folder and its log, so that the defect can be found.' },
  'bad-start': { text: 'The node cannot start with what it was given.', hint: 'Check its address and port.' },

  refused: { text: 'The system did not open this link.', hint: 'Only https links are opened; set a default browser and try again.' },
  'write-failed': { text: 'The file was not written.', hint: 'Choose another folder, or free some space.' },
  'read-failed': { text: 'The file was not read.', hint: 'Check that you may read it.' },

  other: { text: 'This was not done.', hint: 'Try again in a moment.' },
}
