import type { RoleName } from './words'

/**
 * The outline of each role on a 16 x 16 field, for marks and for drawings alike: crown-topped hexagon (leader), disc (follower),
 * diamond (candidate), hollow disc (learner, observer), eye-like lens (witness), square (primary), hollow square (standby,
 * replica), cross (down), dashed ring (unknown).
 */
export interface RoleShape {
  readonly path: string
  readonly filled: boolean
  readonly dashed?: boolean
}
const DISC = 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11Z'
const SQUARE = 'M3 3h10v10H3Z'
export const ROLE_SHAPES: Readonly<Record<RoleName, RoleShape>> = {
  leader: { path: 'M8 1.2 14 4.6v6.8L8 14.8 2 11.4V4.6Z', filled: true },
  follower: { path: DISC, filled: true },
  candidate: { path: 'M8 1.6 14.4 8 8 14.4 1.6 8Z', filled: false },
  learner: { path: DISC, filled: false },
  observer: { path: 'M8 3.2a4.8 4.8 0 1 1 0 9.6a4.8 4.8 0 0 1 0-9.6ZM8 6.4a1.6 1.6 0 1 0 0 3.2a1.6 1.6 0 0 0 0-3.2Z', filled: false },
  witness: { path: 'M1.5 8C4 3.8 12 3.8 14.5 8C12 12.2 4 12.2 1.5 8Z', filled: false },
  primary: { path: SQUARE, filled: true },
  standby: { path: SQUARE, filled: false },
  replica: { path: 'M3 3h10v10H3ZM3 8h10', filled: false },
  down: { path: 'M3.4 3.4l9.2 9.2M12.6 3.4l-9.2 9.2', filled: false },
  unknown: { path: DISC, filled: false, dashed: true },
}
