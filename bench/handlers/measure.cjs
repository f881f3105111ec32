'use strict'
// Runs in a fresh process: `node measure.cjs MODE FOLDER EVENTS.json`; the last line is a JSON document.
const { readFileSync } = require('node:fs')
const path = require('node:path')
const { eventOf, mustBe, mustPass } = require('./events.cjs')

const [, , mode, folder, eventsFile] = process.argv
const entry = path.join(folder, 'index.js')
const events = JSON.parse(readFileSync(eventsFile, 'utf8'))
const mustRedirect = events.redirects ? mustBe('302') : mustPass

const ways = {
  cold: () => cold(page(events.seen[0]), mustPass),
  coldRedirect: () => cold(page(), mustRedirect),
  steady,
}
ways[mode]().then((result) => process.stdout.write(`\n${JSON.stringify(result)}`))

/** From just before `require` to the answer of the first request. */
async function cold(event, check) {
  const rss = process.memoryUsage.rss()
  const cpu = process.cpuUsage()
  const begun = process.hrtime.bigint()
  const { handler } = require(entry)
  check(await handler(event))
  const wall = Number(process.hrtime.bigint() - begun) / 1e6
  const { user, system } = process.cpuUsage(cpu)
  const rssAfter = process.memoryUsage.rss()
  return { wallMs: wall, cpuMs: (user + system) / 1e3, rssMb: (rssAfter - rss) / 2 ** 20 }
}

/** The median of many requests one at a time, after a warm-up. */
async function steady() {
  const { handler } = require(entry)
  const { warmUp, seen, fresh, refused } = events
  for (let i = 0; i < 2_000; i++) {
    mustPass(await handler(page(seen[i % seen.length])))
    mustRedirect(await handler(page()))
  }
  for (const token of warmUp) mustPass(await handler(page(token)))
  const many = Array.from({ length: 5_000 }, (_, i) => seen[i % seen.length])

  const newUs = await median(handler, fresh.map(page), mustPass)
  // What was seen before must still be remembered when its time is taken.
  for (const token of seen) await handler(page(token))
  const seenUs = await median(handler, many.map(page), mustPass)
  const redirectUs = await median(
    handler,
    many.map(() => page()),
    mustRedirect,
  )
  const rssMb = process.memoryUsage.rss() / 2 ** 20
  if (refused === null) return { newUs, seenUs, redirectUs, rssMb }

  const refusals = many.map((token) => request(token, refused))
  const warm = refusals.splice(0, 1_000)
  await median(handler, warm, mustBe('403'))
  const refusalUs = await median(handler, refusals, mustBe('403'))
  return { newUs, seenUs, redirectUs, rssMb, refusalUs }
}

async function median(handler, requests, check) {
  const times = new Float64Array(requests.length)
  for (let i = 0; i < requests.length; i++) {
    const begun = process.hrtime.bigint()
    const answer = await handler(requests[i])
    times[i] = Number(process.hrtime.bigint() - begun) / 1e3
    check(answer)
  }
  return times.sort()[times.length >> 1]
}

function page(token) {
  return request(token, events.page)
}

function request(token, path) {
  return eventOf(events.template, { cookie: token && `__Host-guard=${token}`, path })
}
