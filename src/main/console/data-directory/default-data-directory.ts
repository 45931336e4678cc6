import os from 'node:os'
import path from 'node:path'

/** Where the desktop app keeps its data too (Electron's userData), so that the command line finds what runs there. */
export function defaultDataDirectory(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv, home: string = os.homedir()): string {
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Quorate')
  if (platform === 'win32') return path.join(environment['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'), 'Quorate')
  const configured = environment['XDG_CONFIG_HOME']
  return path.join(configured === undefined || configured === '' ? path.join(home, '.config') : configured, 'Quorate')
}
