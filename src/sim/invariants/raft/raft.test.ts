import { describe, expect, it } from 'vitest'
import type { Configuration, Entry, PeerView, RaftInspector, RaftMachine } from '../../../core/raft'
import type { NodeView } from '../../invariant'
import { RAFT_INVARIANTS } from './index'

const CONFIGURATION: Configuration = {
  members: ['a', 'b', 'c'].map((id) => ({ id, name: id, address: id, kind: 'voter', promote: false })), outgoing: null, isForced: false,
}
const entry = (index: number, term: number, text = 'x'): Entry => ({ index, term, kind: 'command', data: Uint8Array.from(text, (char) => char.charCodeAt(0)) })

/** A node that is whatever the story says. */
class Told {
  readonly id: string
  incarnation = 1
  isUp = true
  readonly isByzantine = false
  term = 1
  vote: string | null = null
  durable: { term: number; vote: string | null } = { term: 0, vote: null }
  role: RaftInspector['role'] = 'follower'
  isTransferCandidate = false
  preVotedTerm = 0
  leaderId: string | null = null
  firstIndex = 1
  persisted = 0
  committed = 0
  applied = 0
  placed = { index: 0, configuration: CONFIGURATION }
  isConfigurationOldest = true
  logVersion = 0
  replacedFrom = 0
  isWitness = false
  installing: RaftInspector['installing'] = null
  peers: PeerView[] = []
  holdsLease = false
  readsAsked = 0
  servedReads: { index: number; asked: number }[] = []
  log: Entry[] = []

  constructor(id: string) {
    this.id = id
  }

  get configuration(): Configuration { return this.placed.configuration }
  get lastIndex(): number { return this.log.length }
  termOf(index: number): number | undefined { return index === 0 ? 0 : this.log[index - 1]?.term }
  entryInMemory(index: number): Entry | undefined { return this.log[index - 1] }

  write(...entries: Entry[]): this {
    for (const each of entries) {
      if (each.index <= this.log.length) {
        this.log.length = each.index - 1
        this.logVersion++
        this.replacedFrom = each.index
      }
      this.log.push(each)
    }
    this.persisted = this.log.length
    return this
  }

  get view(): NodeView<RaftMachine> {
    return { id: this.id, incarnation: this.incarnation, isUp: this.isUp, isByzantine: false, machine: { inspect: this } as unknown as RaftMachine }
  }
}

/** Runs a story: what the named invariant says of its last step; all steps before must please it. */
function judge(name: string, tell: (nodes: Record<'a' | 'b' | 'c', Told>, step: (node: Told) => void, restart: (node: Told) => void) => void): string | null {
  const invariant = RAFT_INVARIANTS.find((each) => each.name === name)
  if (!invariant) throw new Error(`no invariant ${name}`)
  const nodes = { a: new Told('a'), b: new Told('b'), c: new Told('c') }
  const check = invariant.begin({ nodes: Object.values(nodes).map((node) => node.view), nowMs: 0 })
  let said: string | null = null
  const next = (answer: string | null): void => {
    expect(said).toBeNull()
    said = answer
  }
  tell(nodes, (node) => { next(check.afterStep(node.view)) }, (node) => {
    node.incarnation++
    next(check.afterRestart?.(node.view) ?? null)
  })
  return said
}

describe('each invariant', () => {
  it('has a name of its own', () => {
    expect(new Set(RAFT_INVARIANTS.map(({ name }) => name)).size).toBe(RAFT_INVARIANTS.length)
  })

  it('sees two leaders of a term, and not the same one twice', () => {
    const story = (other: 'a' | 'b') => judge('Election Safety', (nodes, step) => {
      nodes.a.role = 'leader'
      step(nodes.a)
      nodes[other].role = 'leader'
      step(nodes[other])
    })
    expect(story('a')).toBeNull()
    expect(story('b')).toContain('both elected in term 1')
  })

  it('sees a vote for a log that is behind', () => {
    const story = (lastTerm: number): string | null => judge('Election Restriction', ({ a, b }, step) => {
      a.term = b.term = 4
      b.role = 'candidate'
      b.write(entry(1, 1), entry(2, 1), entry(3, lastTerm))
      a.vote = 'b'
      step(a.write(entry(1, 1), entry(2, 2)))
    })
    expect(story(2)).toBeNull()
    expect(story(1)).toContain('voted for b')
  })

  it('sees a candidate that did not ask first', () => {
    const story = (preVotedTerm: number, isTransferCandidate: boolean): string | null => judge('Pre-Vote Before Term', ({ a }, step) => {
      Object.assign(a, { term: 3, role: 'candidate', preVotedTerm, isTransferCandidate })
      step(a)
    })
    expect([story(3, false), story(2, true)]).toEqual([null, null])
    expect(story(2, false)).toContain('without')
  })

  it('sees a leader that commits an entry of an older term by itself', () => {
    const story = (committed: number): string | null => judge('Commit of Own Term', ({ a }, step) => {
      a.term = 3
      a.role = 'leader'
      step(a.write(entry(1, 1), entry(2, 2), entry(3, 3)))
      a.committed = committed
      step(a)
    })
    expect(story(3)).toBeNull()
    expect(story(2)).toContain('entry 2 of term 2')
  })

  it('sees a leader that replaces what it has', () => {
    expect(judge('Leader Append-Only', ({ a }, step) => {
      a.role = 'candidate'
      step(a.write(entry(1, 1), entry(2, 1)))
      a.role = 'leader'
      step(a.write(entry(3, 1)))
      step(a.write(entry(2, 1)))
    })).toContain('replaced entries')
  })

  it('sees entries of one place and term that differ, in themselves or in what they follow', () => {
    expect(judge('Log Matching', ({ a, b }, step) => {
      step(a.write(entry(1, 1, 'one')))
      step(b.write(entry(1, 1, 'two')))
    })).toContain('is another one')
    expect(judge('Log Matching', ({ a, b }, step) => {
      step(a.write(entry(1, 1), entry(2, 3)))
      step(b.write(entry(1, 2), entry(2, 3)))
    })).toContain('follows term 2')
    expect(judge('Log Matching', ({ a, b }, step) => {
      step(a.write(entry(1, 1), entry(2, 1)))
      step(b.write(entry(1, 1), entry(2, 2)))
      step(b.write(entry(2, 1)))
    })).toBeNull()
  })

  it('sees a leader without what is committed', () => {
    expect(judge('Leader Completeness', ({ a, b }, step) => {
      a.committed = 1
      step(a.write(entry(1, 1)))
      b.term = 2
      b.role = 'leader'
      step(b)
    })).toContain('without entry 1')
  })

  it('sees committed and applied entries that differ', () => {
    const story = (name: string): string | null => judge(name, ({ a, b }, step) => {
      a.committed = a.applied = 1
      step(a.write(entry(1, 1)))
      b.committed = b.applied = 1
      step(b.write(entry(1, 2)))
    })
    expect(story('LogInv')).toContain('entry 1 of term 2')
    expect(story('State Machine Safety')).toContain('entry 1 of term 2')
  })

  it('sees a commit that is not on the disks of a majority, and one that a restart has lost', () => {
    const story = (disks: number): string | null => judge('CommittedIsDurable', ({ a, b, c }, step) => {
      a.role = 'leader'
      step(a)
      for (const node of [a, b, c]) node.write(entry(1, 1)).persisted = 0
      for (const node of [a, b, c].slice(0, disks)) node.persisted = 1
      a.committed = 1
      step(a)
    })
    expect(story(2)).toBeNull()
    expect(story(1)).toContain('not on the disks')
    expect(judge('CommittedIsDurable', ({ a }, step, restart) => {
      step(a.write(entry(1, 1), entry(2, 1)))
      a.log.length = 1
      restart(a)
    })).toContain('came back without entry 2')
    expect(judge('CommittedIsDurable', ({ a }, step, restart) => {
      a.installing = { index: 1, term: 2, configuration: CONFIGURATION }
      step(a.write(entry(1, 1), entry(2, 1)))
      a.log = [entry(1, 2)]
      a.firstIndex = 2
      restart(a)
    })).toBeNull()
  })

  it('sees a read that does not see what was committed before it was asked', () => {
    const story = (asked: number): string | null => judge('Read Index', ({ a, b }, step) => {
      a.readsAsked = 1
      step(a)
      b.committed = 5
      step(b)
      a.readsAsked = 2
      step(a)
      a.servedReads = [{ index: 4, asked }]
      step(a)
    })
    expect(story(1)).toBeNull()
    expect(story(2)).toContain('5 was committed')
  })

  it('sees a leader elected while another holds a lease', () => {
    const story = (holdsLease: boolean, term: number): string | null => judge('Leader Lease', ({ a, b }, step) => {
      Object.assign(a, { role: 'leader', holdsLease, term: 3 })
      step(a)
      Object.assign(b, { role: 'leader', term })
      step(b)
    })
    expect(story(false, 4)).toBeNull()
    expect(story(true, 4)).toContain('holds the lease of term 3')
    // By votes that came late: it can commit nothing any more.
    expect(story(true, 2)).toBeNull()
  })

  it('sees an acknowledgement of what is not on disk', () => {
    const story = (persisted: number): string | null => judge('Acknowledged Is Durable', ({ a, b }, step) => {
      a.role = 'leader'
      a.peers = [{ id: 'b', match: 2, next: 3, flow: 'replicate' }]
      b.write(entry(1, 1), entry(2, 1)).persisted = persisted
      step(a)
    })
    expect(story(2)).toBeNull()
    expect(story(1)).toContain('only 1 is on its disk')
  })

  it('sees a quorum from which a committed entry is gone', () => {
    expect(judge('QuorumLogInv', ({ a, b, c }, step) => {
      for (const node of [a, b, c]) node.write(entry(1, 1), entry(2, 1))
      a.role = 'leader'
      step(a)
      step(b)
      a.committed = 2
      step(a)
      c.write(entry(1, 1))
      step(c)
      b.write(entry(1, 1))
      step(b)
    })).toContain('a quorum without entry 2')
  })

  it('sees a term, a vote, a commit and an applied index that go back', () => {
    expect(judge('Monotonic Term', ({ a }, step, restart) => {
      a.term = 3
      a.durable = { term: 3, vote: 'b' }
      step(a)
      a.vote = 'c'
      restart(a)
    })).toContain('without its vote for b')
    expect(judge('Monotonic Term', ({ a }, step, restart) => {
      a.durable = { term: 3, vote: null }
      a.term = 3
      step(a)
      a.term = 2
      restart(a)
    })).toContain('term 3 had been durable')
    for (const [name, figure] of [['Monotonic Commit', 'committed'], ['Monotonic Applied', 'applied']] as const) {
      expect(judge(name, ({ a }, step) => {
        a[figure] = 2
        step(a)
        a[figure] = 1
        step(a)
      })).toContain('went back from 2 to 1')
    }
  })

  it('sees a match index that goes back, and a next index that is not above it', () => {
    const story = (match: number, next: number): string | null => judge('Monotonic Match, Next Above Match', ({ a }, step) => {
      const peer = { id: 'b', match: 4, next: 5, flow: 'replicate' as const }
      a.role = 'leader'
      a.peers = [peer]
      step(a)
      Object.assign(peer, { match, next })
      step(a)
    })
    expect(story(5, 6)).toBeNull()
    expect(story(3, 6)).toContain('back from 4 to 3')
    expect(story(5, 5)).toContain('holds already')
  })

  it('sees an order of indexes that cannot be', () => {
    expect(judge('Snapshot <= Applied <= Commit <= Last', ({ a }, step) => {
      a.write(entry(1, 1), entry(2, 1))
      a.committed = a.applied = 2
      step(a)
      a.applied = 3
      step(a)
    })).toContain('applied 3')
  })

  it('sees a second change of members, and one before a commit of the term', () => {
    const story = (committed: number): string | null => judge('One Configuration Change at a Time', ({ a }, step) => {
      a.role = 'leader'
      a.term = 2
      a.write(entry(1, 1), entry(2, 2), entry(3, 2), entry(4, 2))
      a.committed = 2
      step(a)
      a.placed = { index: 3, configuration: CONFIGURATION }
      step(a)
      a.committed = committed
      a.placed = { index: 4, configuration: CONFIGURATION }
      step(a)
    })
    expect(story(3)).toBeNull()
    expect(story(2)).toContain('the change at 3 is not committed')
    expect(judge('One Configuration Change at a Time', ({ a }, step) => {
      a.role = 'leader'
      a.term = 2
      a.write(entry(1, 1), entry(2, 2))
      a.committed = 1
      step(a)
      a.placed = { index: 2, configuration: CONFIGURATION }
      step(a)
    })).toContain('before it has committed')
  })

  it('sees a configuration whose entry is gone, and one that a snapshot has wrong', () => {
    expect(judge('Configurations Match the Log', ({ a }, step) => {
      a.write(entry(1, 1), { ...entry(2, 1), kind: 'configuration' })
      a.placed = { index: 2, configuration: CONFIGURATION }
      a.isConfigurationOldest = false
      step(a)
      a.write(entry(2, 2))
      step(a)
    })).toContain('of kind command')
    expect(judge('Configurations Match the Log', ({ a, b }, step) => {
      a.write({ ...entry(1, 1), kind: 'configuration' })
      a.placed = { index: 1, configuration: CONFIGURATION }
      a.isConfigurationOldest = false
      a.committed = 1
      step(a)
      b.placed = { index: 5, configuration: { ...CONFIGURATION, members: CONFIGURATION.members.slice(1) } }
      step(b)
    })).toContain('without the configuration of entry 1')
  })

  it('sees a leader whose own vote a crash would take', () => {
    const story = (vote: string | null): string | null => judge('Leader Is Durable', ({ a }, step) => {
      Object.assign(a, { term: 2, role: 'leader', durable: { term: 2, vote } })
      step(a)
    })
    expect(story('a')).toBeNull()
    expect(story(null)).toContain('not on its disk')
  })

  it('sees a leader that keeps no data', () => {
    expect(judge('Leader Holds Data', ({ a }, step) => {
      a.placed = { index: 0, configuration: { ...CONFIGURATION, members: CONFIGURATION.members.map((member) => ({ ...member, kind: 'witness' })) } }
      a.role = 'leader'
      step(a)
    })).toContain('is witness')
    const demoted = (isCommitted: boolean): string | null => judge('Leader Holds Data', ({ a }, step) => {
      a.write(entry(1, 1))
      a.committed = isCommitted ? 1 : 0
      a.placed = { index: 1, configuration: { ...CONFIGURATION, members: CONFIGURATION.members.map((member) => ({ ...member, kind: member.id === 'a' ? 'learner' : 'voter' })) } }
      a.role = 'leader'
      step(a)
    })
    expect([demoted(false), demoted(true)]).toEqual([null, expect.stringContaining('is learner')])
  })

  it('sees a leader that stays when its removal is committed', () => {
    const story = (committed: number): string | null => judge('Removed Leader Steps Down', ({ a }, step) => {
      a.write(entry(1, 1))
      a.placed = { index: 1, configuration: { ...CONFIGURATION, members: CONFIGURATION.members.filter((member) => member.id !== 'a') } }
      Object.assign(a, { role: 'leader', committed })
      step(a)
    })
    expect(story(0)).toBeNull()
    expect(story(1)).toContain('no voter since entry 1')
  })
})
