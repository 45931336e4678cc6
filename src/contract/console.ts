/** Everything a window may say to the console service. */
import { clustersContract } from './clusters'
import { enginesContract } from './engines'
import { healthContract } from './health'
import { historyContract } from './history'
import { loadContract } from './load'
import { sandboxContract } from './sandbox'
import { systemContract } from './system'

export const consoleContract = {
  ...clustersContract,
  ...sandboxContract,
  ...loadContract,
  ...enginesContract,
  ...historyContract,
  ...healthContract,
  ...systemContract,
} as const
export type ConsoleContract = typeof consoleContract
