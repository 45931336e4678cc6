/** The environment that processes of the app inherit: the person's own, less what would make another program of them. */
const NOT_PASSED_ON = ['ELECTRON_RUN_AS_NODE', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS']

export function childEnvironment(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const entries = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && !NOT_PASSED_ON.includes(entry[0]))
  return Object.fromEntries(entries)
}
