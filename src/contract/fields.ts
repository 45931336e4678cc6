/** Fields that several contracts share, each with its limits. */
import * as v from 'valibot'

export const clusterId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/))
export const nodeId = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
export const clusterName = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60))
export const timeMs = v.pipe(v.number(), v.integer(), v.minValue(0))
