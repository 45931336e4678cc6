import { describe, expect, it } from 'vitest'
import { fuzzyFilter, fuzzyScore } from './fuzzy'

describe('fuzzy search', () => {
  it('wants all letters, in order', () => {
    expect(fuzzyScore('rcl', 'replication')).toBeNull()
    expect(fuzzyScore('rpl', 'replication')).not.toBeNull()
  })
  it('puts runs and beginnings of words first', () => {
    expect(fuzzyFilter('lo', ['Start a local cluster', 'Go to the overview, slowly over', 'Local cluster'], (text) => text)[0]).toBe('Local cluster')
  })
  it('finds in Chinese', () => expect(fuzzyFilter('集群', ['总览', '本地集群'], (text) => text)).toEqual(['本地集群']))
  it('leaves the order alone while nothing is typed', () => expect(fuzzyFilter(' ', ['b', 'a'], (text) => text)).toEqual(['b', 'a']))
})
