export { openDocument, UnreadableFile, type JsonDocument } from './document'
export { openDataDirectory, type DataDirectory, type DataDirectoryCode } from './data-directory'
