export { aggregateOf, Buckets, downsample, rollup, stepFor, type Aggregate, type Rollup } from './buckets'
export { ChunkWriter } from './chunk-writer'
export { COLUMN_VALUES_MAX, decodeTimes, decodeValues, encodeTimes, encodeValues } from './codec'
