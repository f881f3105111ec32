'use strict'
// Runs in a fresh process: `node measure.cjs cold|steady FOLDER EVENTS.json`; prints one JSON document.
const { readFileSync } = require('node:fs')
const path = require('node:path')

const [, , mode, folder, eventsFile] = process.argv
const entry = path.join(folder, 'index.js')
const events = JSON.parse(readFileSync(eventsFile, 'utf8'))

const ways = { cold, steady }
ways[mode]().then((result) => process.stdout.write(JSON.stringify(result)))

/** From just before `require` to the answer of the first signed-in request. */
async function cold() {
  const event = eventOf(events.seen[0])
  const rss = process.memoryUsage.rss()
  const cpu = process.cpuUsage()
  const begun = process.hrtime.bigint()
  const { handler } = require(entry)
  mustPass(await handler(event))
  const wall = Number(process.hrtime.bigint() - begun) / 1e6
  const { user, system } = process.cpuUsage(cpu)
  const rssAfter = process.memoryUsage.rss()
  return { wallMs: wall, cpuMs: (user + system) / 1e3, rssMb: (rssAfter - rss) / 2 ** 20 }
}

/** The median of many requests one at a time, after a warm-up. */
async function steady() {
  const { handler } = require(entry)
  const { warmUp, seen, fresh, stranger } = events
  for (let i = 0; i < 2_000; i++) {
    mustPass(await handler(eventOf(seen[i % seen.length])))
    await handler(eventOf(stranger))
  }
  for (const token of warmUp) mustPass(await handler(eventOf(token)))
  const result = {
    newUs: await median(handler, fresh, mustPass),
    seenUs: await median(handler, repeat(seen, 5_000), mustPass, seen),
    redirectUs: await median(
      handler,
      repeat([stranger], 5_000),
      events.redirects ? mustRedirect : mustPass,
    ),
  }
  return { ...result, rssMb: process.memoryUsage.rss() / 2 ** 20 }
}

async function median(handler, tokens, check, first = []) {
  // What was seen before must still be remembered when its time is taken.
  for (const token of first) await handler(eventOf(token))
  const prepared = tokens.map(eventOf)
  const times = new Float64Array(prepared.length)
  for (let i = 0; i < prepared.length; i++) {
    const begun = process.hrtime.bigint()
    const answer = await handler(prepared[i])
    times[i] = Number(process.hrtime.bigint() - begun) / 1e3
    check(answer)
  }
  return times.sort()[times.length >> 1]
}

function repeat(tokens, count) {
  return Array.from({ length: count }, (_, i) => tokens[i % tokens.length])
}

/** A new event every time, parsed as Lambda's runtime parses it: handlers may change what they get. */
function eventOf(token) {
  const cookie =
    token === null ? '_ga=GA1.1.1; theme=dark' : `_ga=GA1.1.1; __Host-guard=${token}; theme=dark`
  return JSON.parse(events.template.replace('COOKIES', cookie))
}

function mustPass(answer) {
  if (answer.uri === undefined)
    throw new Error(`not passed: ${JSON.stringify(answer).slice(0, 300)}`)
}

function mustRedirect(answer) {
  if (answer.status !== '302')
    throw new Error(`no redirect: ${JSON.stringify(answer).slice(0, 300)}`)
}
