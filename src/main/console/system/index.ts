export { createNotices, type Notices } from './notices'
export { createSettings, type SettingsStore } from './settings'
