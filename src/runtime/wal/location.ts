import type { RecordLocation } from '../ports'

/** Segments are at most 1 GiB long, so a location stays a safe integer up to segment 2^21. */
const SEGMENT_STRIDE = 2 ** 32

export const locationOf = (segment: number, offset: number): RecordLocation => segment * SEGMENT_STRIDE + offset
export const segmentOf = (location: RecordLocation): number => Math.floor(location / SEGMENT_STRIDE)
export const offsetOf = (location: RecordLocation): number => location % SEGMENT_STRIDE
