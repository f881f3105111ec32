import { STYLE } from './style.ts'

const PAGES = [
  ['/', 'Overview'],
  ['/reports/q3.html', 'Third quarter'],
  ['/docs/index.html', 'Handbook'],
  ['/finance/outlook.html', 'Finance'],
] as const

function page(path: string, title: string, main: string): string {
  const links = PAGES.map(([href, text]) => {
    const current = href === path ? ' aria-current="page"' : ''
    return `<li><a href="${href}"${current}>${text}</a></li>`
  }).join('')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Tidewater Ferries</title>
<link rel="icon" href="/wave.svg">
<link rel="stylesheet" href="/style.css">
<script src="/site.js" type="module"></script>
</head>
<body>
<header>
<a class="brand" href="/">Tidewater Ferries</a>
<nav aria-label="Main"><ul>${links}</ul></nav>
<p id="account" hidden></p>
</header>
<main>
${main}
</main>
<footer>A sample site. Everything on it is made up.</footer>
</body>
</html>
`
}

const HOME = `<h1>The numbers behind the crossings</h1>
<p class="lead">Reports for the people who run the boats. They are meant for colleagues only.</p>
<ul class="grid">
<li class="card"><h2>Third quarter</h2><p>A warm September filled the evening boats.</p>
<a href="/reports/q3.html?route=harbor&amp;view=table">Read the report</a></li>
<li class="card"><h2>Handbook</h2><p>How figures are counted, and by whom.</p>
<a href="/docs/index.html">Open the handbook</a></li>
<li class="card"><h2>Today</h2><p id="today">The latest count needs scripts.</p></li>
</ul>`

const REPORT = `<h1>Third quarter</h1>
<p class="lead">Passengers rose on every route but one.</p>
<figure><img src="/reports/chart.svg" width="640" height="254" alt="Bar chart: 41,000 passengers in July, 47,000 in August, 52,000 in September">
<figcaption>Passengers by month, all routes.</figcaption></figure>
<section class="card" aria-labelledby="routes"><h2 id="routes">By route</h2>
<div class="scroll"><table><thead><tr><th scope="col">Route</th><th scope="col">Passengers</th></tr></thead>
<tbody id="rows"><tr><td>Harbor</td><td>61,400</td></tr><tr><td>Islands</td><td>52,900</td></tr><tr><td>Lighthouse</td><td>25,700</td></tr></tbody></table></div></section>
<section class="card" aria-labelledby="asked"><h2 id="asked">What this page was asked for</h2>
<p>The part of the address after the question mark.</p><p><code id="query">(no query)</code></p><dl id="parameters"></dl></section>`

const DOCS = `<h1>Handbook</h1>
<p class="lead">How the figures come about.</p>
<section class="card"><h2>Counting</h2><p>Every ticket that is scanned at a gate counts once. Crew and dogs do not count.</p></section>
<section class="card"><h2>Publishing</h2><p>Reports are plain files in a private bucket. Whoever may read them signs in first.</p></section>`

const FINANCE = `<h1>Next year's money</h1>
<p class="lead">What the analysts expect. Not everybody who may read the reports may read this.</p>
<section class="card"><h2>A second evening boat</h2><p>It pays for itself from 38 passengers a crossing, and carries 52 on a warm night.</p></section>`

const SCRIPT = `const at = (id) => document.getElementById(id)
const query = at('query')
if (query && location.search) {
  query.textContent = location.search.slice(1)
  for (const [name, value] of new URLSearchParams(location.search)) {
    const term = document.createElement('dt')
    const text = document.createElement('dd')
    term.textContent = name
    text.textContent = value
    at('parameters').append(term, text)
  }
}
if (at('today')) {
  const answer = await fetch('/reports/today.json')
  if (answer.ok) {
    const { passengers, boats } = await answer.json()
    at('today').textContent = passengers.toLocaleString('en') + ' passengers on ' + boats + ' boats so far.'
  }
}
const me = await fetch('/_guard/me', { headers: { accept: 'application/json' } }).catch(() => undefined)
if (me?.ok) {
  const { name, email } = await me.json()
  const out = document.createElement('a')
  out.href = '/_guard/logout'
  out.textContent = 'Sign out'
  const who = document.createElement('span')
  who.textContent = 'Signed in as ' + (name || email)
  at('account').append(who, out)
  at('account').hidden = false
}
`

const CHART = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -14 640 254" role="img" aria-label="Passengers by month">
<style>text{font:15px system-ui,sans-serif;fill:#56605b}rect{fill:#0f6b52}.hi{fill:#a85212}line{stroke:#9aa39e}
@media(prefers-color-scheme:dark){text{fill:#aab6b0}rect{fill:#6fd0b0}.hi{fill:#f0a468}line{stroke:#4c5a54}}</style>
<line x1="20" y1="200" x2="620" y2="200"/>
<rect x="70" y="52" width="120" height="148" rx="4"/><rect x="260" y="30" width="120" height="170" rx="4"/><rect class="hi" x="450" y="12" width="120" height="188" rx="4"/>
<text x="130" y="44" text-anchor="middle">41,000</text><text x="320" y="22" text-anchor="middle">47,000</text><text x="510" y="4" text-anchor="middle">52,000</text>
<text x="130" y="224" text-anchor="middle">July</text><text x="320" y="224" text-anchor="middle">August</text><text x="510" y="224" text-anchor="middle">September</text>
</svg>
`

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f6b52"/><path d="M4 19c4-5 8-5 12 0s8 5 12 0" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>
`

/** The site that the demo puts behind the guard. */
export const SAMPLE_SITE: Record<string, string> = {
  'index.html': page('/', 'Overview', HOME),
  'reports/q3.html': page('/reports/q3.html', 'Third quarter', REPORT),
  'docs/index.html': page('/docs/index.html', 'Handbook', DOCS),
  'finance/outlook.html': page('/finance/outlook.html', 'Finance', FINANCE),
  'reports/chart.svg': CHART,
  'reports/today.json': JSON.stringify({ passengers: 1874, boats: 23 }),
  'style.css': STYLE,
  'site.js': SCRIPT,
  'wave.svg': ICON,
  'robots.txt': 'User-agent: *\nDisallow: /\n',
}
