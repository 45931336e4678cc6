// What set-up tells the person in front of the terminal: one line a step, and a line that counts while a long one runs.
const live = process.stdout.isTTY === true
const PROGRESS_EVERY_MS = live ? 500 : 15_000

export const say = {
  step: (text) => console.log(`• ${text}`),
  done: (text) => console.log(`  ${text}`),
  note: (text) => console.log(`! ${text}`),
}

/** Runs `work` while a line tells for how long; `detail()` may add what is known of its progress. */
export async function withProgress(text, work, detail = () => '') {
  const startedAt = Date.now()
  say.step(text)
  const tell = () => {
    const seconds = Math.round((Date.now() - startedAt) / 1000)
    const line = `  … ${seconds} s ${detail()}`.trimEnd()
    if (live) process.stdout.write(`\r\u001b[2K${line}`)
    else console.log(line)
  }
  const timer = setInterval(tell, PROGRESS_EVERY_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    if (live) process.stdout.write('\r\u001b[2K')
    say.done(`took ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
  }
}
