import type { PbftMachine } from '../../../core/pbft'
import type { Invariant } from '../../invariant'
import { agreement } from './agreement'
import { carriedOver } from './carried-over'
import { certificates } from './certificates'
import { executionOnce } from './execution-once'
import { highestCertificate } from './highest-certificate'
import { noContradiction } from './no-contradiction'
import { stableCheckpoints } from './stable-checkpoints'
import { tentativeExecution } from './tentative-execution'
import { validity } from './validity'
import { viewsMonotonic } from './views-monotonic'
import { watermarks } from './watermarks'

export const PBFT_INVARIANTS: readonly Invariant<PbftMachine>[] = [
  agreement, executionOnce, validity, carriedOver, highestCertificate, watermarks, stableCheckpoints, viewsMonotonic, noContradiction, certificates,
  tentativeExecution,
]
