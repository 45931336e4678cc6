/**
 * One link of the chain that a commit is made of, with no protocol in it: `follower FILE`, `leader FILE PORT PORT` or
 * `client PORT WRITES`. The leader passes a write on, flushes it, and answers when one follower and its own disk have it.
 * A server tells its port; the client tells how long each write took, in milliseconds.
 */
import fs from 'node:fs'
import net from 'node:net'

const WRITE_BYTES = 300
const FILE_BYTES = 4 * 1024 * 1024
const ANSWER = Buffer.from([1])
const [role, ...rest] = process.argv.slice(2)

/** Flushes a write on this thread, as a node does while its disk answers fast. */
function openDisk(file) {
  const fd = fs.openSync(file, 'w')
  fs.writeSync(fd, Buffer.alloc(FILE_BYTES))
  fs.fsyncSync(fd)
  let at = 0
  return (data) => {
    fs.writeSync(fd, data, 0, data.length, at)
    at = (at + data.length) % (FILE_BYTES - WRITE_BYTES)
    fs.fdatasyncSync(fd)
  }
}

const connect = (port) => net.connect({ port: Number(port), host: '127.0.0.1', noDelay: true })

function serve(onWrite) {
  const server = net.createServer({ noDelay: true }, (socket) => { socket.on('data', (data) => { onWrite(data, () => { socket.write(ANSWER) }) }) })
  server.listen(0, '127.0.0.1', () => { process.send({ port: server.address().port }) })
}

function follow(file) {
  const flush = openDisk(file)
  serve((data, answer) => {
    flush(data)
    answer()
  })
}

function lead(file, ...ports) {
  const flush = openDisk(file)
  const followers = ports.map(connect)
  let isFlushed = false
  let answers = 0
  let answer = null
  const finish = () => {
    if (answer === null || !isFlushed || answers === 0) return
    answer()
    answer = null
  }
  // A late answer to the write before counts for this one: that makes the chain faster than any that is right.
  for (const follower of followers) follower.on('data', () => { answers += 1; finish() })
  serve((data, done) => {
    isFlushed = false
    answers = 0
    answer = done
    for (const follower of followers) follower.write(data)
    setImmediate(() => {
      flush(data)
      isFlushed = true
      finish()
    })
  })
}

function ask(port, writes) {
  const socket = connect(port)
  const data = Buffer.alloc(WRITE_BYTES, 1)
  const tookMs = []
  let begunMs = 0
  const next = () => {
    begunMs = performance.now()
    socket.write(data)
  }
  socket.on('connect', next)
  socket.on('data', () => {
    tookMs.push(performance.now() - begunMs)
    if (tookMs.length < Number(writes)) next()
    else process.send({ tookMs }, () => { process.exit() })
  })
}

const ROLES = { follower: follow, leader: lead, client: ask }
ROLES[role](...rest)
