export const CONNECTION_FILE = 'console.json'
/** A caller that has not shown the token by then is sent away. */
export const GREETING_TIMEOUT_MS = 2_000
export const CONNECT_TIMEOUT_MS = 2_000
export const CALLERS_MAX = 16
/** What may wait to be sent to one caller; one that reads no more is let go. */
export const UNSENT_BYTES_MAX = 16 * 1024 * 1024
/** A path of a UNIX domain socket is at most this long (sockaddr_un is 108 bytes on Linux, 104 on macOS, with a final zero). */
export const SOCKET_PATH_BYTES_MAX = 100
