/** A node process with one planted bug, to show that what judges real processes catches one. */
import { plant } from '../../../src/core/base'
import '../../../src/runtime/agent/main'

declare const __BUG__: string

plant(__BUG__)
