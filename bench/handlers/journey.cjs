'use strict'
// Runs in a fresh process: `node journey.cjs KIND FOLDER JOURNEYS.json`; the last line is a JSON document.
// Takes one kind of request once in a cold instance and then some times in the warm one.
const { readFileSync } = require('node:fs')
const { get } = require('node:http')
const path = require('node:path')
const { eventOf, mustBe, mustPass } = require('./events.cjs')

const [, , kind, folder, journeysFile] = process.argv
const { template, okta, page, refused, cookies } = JSON.parse(readFileSync(journeysFile, 'utf8'))

const journeys = {
  valid: async (ask) => mustPass(await ask({ cookie: cookies.valid, path: page })),
  stranger: async (ask) => mustBe('302')(await ask({ path: page })),
  refusal: async (ask) => mustBe('403')(await ask({ cookie: cookies.valid, path: refused })),
  refresh: async (ask) => {
    const query = `return_to=${encodeURIComponent(page)}`
    const answer = await ask({ cookie: cookies.expired, path: '/_guard/refresh', query })
    mustBe('303')(answer)
    const cookie = cookiesOf(answer)
    // A page comes by once more, so that a browser without cookies does not go round.
    mustBe('303')(await follow(ask, locationOf(answer), cookie))
    mustPass(await ask({ cookie, path: page }))
  },
  'sign-out': async (ask) => {
    const answer = await ask({ cookie: cookies.leaving, path: '/_guard/logout', query: '' })
    mustBe('302')(answer)
  },
  'sign-in': async (ask) => {
    const turned = await ask({ path: page })
    mustBe('302')(turned)
    const begun = await follow(ask, locationOf(turned))
    mustBe('302')(begun)
    const cookie = cookiesOf(begun)
    const back = await redirectOf(locationOf(begun))
    const done = await follow(ask, back, cookie)
    mustBe('303')(done)
    mustPass(await ask({ cookie: cookiesOf(done), path: page }))
  },
}

void main()

async function main() {
  const before = await calls()
  const begun = process.hrtime.bigint()
  const { handler } = require(path.join(folder, 'index.js'))
  const ask = (request) => handler(eventOf(template, request))
  await journeys[kind](ask)
  const coldMs = since(begun)
  const coldCalls = difference(before, await calls())

  const times = []
  const beforeWarm = await calls()
  const repeats = 5
  for (let i = 0; i < repeats; i++) {
    const again = process.hrtime.bigint()
    await journeys[kind](ask)
    times.push(since(again))
  }
  const warmCalls = difference(beforeWarm, await calls())
  for (const name of Object.keys(warmCalls)) warmCalls[name] /= repeats
  const warmMs = times.sort((a, b) => a - b)[repeats >> 1]
  process.stdout.write(`\n${JSON.stringify({ coldMs, warmMs, coldCalls, warmCalls })}`)
}

function follow(ask, address, cookie) {
  const url = new URL(address)
  return ask({ cookie, path: url.pathname, query: url.search.slice(1) })
}

function locationOf(answer) {
  return answer.headers.location[0].value
}

function cookiesOf(answer) {
  return answer.headers['set-cookie'].map(({ value }) => value.split(';', 1)[0]).join('; ')
}

/** As the browser follows the redirect to Okta, and is sent back. */
function redirectOf(address) {
  return new Promise((resolve, reject) => {
    get(address, (response) => resolve(response.resume().headers.location)).on('error', reject)
  })
}

/** How often the function has called whom. */
function calls() {
  return new Promise((resolve, reject) => {
    get(`${okta}/calls`, (response) => {
      let body = ''
      response.on('data', (chunk) => (body += chunk)).on('end', () => resolve(JSON.parse(body)))
    }).on('error', reject)
  })
}

function difference(before, after) {
  return Object.fromEntries(
    Object.entries(after)
      .map(([name, count]) => [name, count - (before[name] ?? 0)])
      .filter(([, count]) => count > 0),
  )
}

function since(begun) {
  return Number(process.hrtime.bigint() - begun) / 1e6
}
