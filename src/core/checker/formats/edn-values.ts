/** EDN as values of histories: keywords keep their colon, sets are sorted lists, tags go. */
import { canonical, isList, VALUE_DEPTH_MAX, type Value } from '../values'
import { EdnMap, EdnSet, EdnTagged, EdnWord, type Edn } from './edn'

export function asValue(edn: Edn): Value {
  if (edn === null || typeof edn !== 'object') return edn
  if (edn instanceof EdnWord) return edn.kind === 'keyword' ? `:${edn.name}` : edn.name
  if (edn instanceof EdnTagged) return asValue(edn.value)
  if (edn instanceof EdnSet) return edn.items.map(asValue).sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1))
  if (edn instanceof EdnMap) {
    return Object.fromEntries(edn.entries.map(([key, value]) => {
      const name = asValue(key)
      return [typeof name === 'string' ? name : canonical(name), asValue(value)]
    }))
  }
  return edn.map(asValue)
}

export function isTooDeep(value: Value, depth = 0): boolean {
  if (value === null || typeof value !== 'object') return false
  if (depth >= VALUE_DEPTH_MAX) return true
  return (isList(value) ? value : Object.values(value)).some((each: Value) => isTooDeep(each, depth + 1))
}
