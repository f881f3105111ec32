import { createHash } from 'node:crypto'
import type { Marker } from '../../access/names.ts'
import { respond } from '../respond.ts'
import type { Response } from '../types.ts'

export interface Page {
  status: number
  marker: Marker
  title: string
  text: string[]
  /** The ways forward; the first is the main one. */
  links: { href: string; label: string }[]
  /** Shown inside a frame of the site: links lead out of it. */
  framed?: boolean
}

const STYLE =
  ':root{color-scheme:light dark;--b:#f4f6f8;--c:#fff;--t:#1b2430;--m:#55606e;--a:#1d5fc4;--l:#dce1e7}' +
  '@media(prefers-color-scheme:dark){:root{--b:#11151a;--c:#1a2027;--t:#e9edf2;--m:#a5afbb;--a:#8fb8ff;--l:#2c3540}}' +
  'body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--b);color:var(--t);font:1rem/1.6 system-ui,sans-serif}' +
  'main{box-sizing:border-box;width:min(30rem,100% - 2rem);margin:1rem;padding:min(2rem,6vw);background:var(--c);border:1px solid var(--l);border-radius:.75rem;overflow-wrap:anywhere}' +
  'h1{margin:.25rem 0 1rem;font-size:1.5rem;line-height:1.25}' +
  'small{color:var(--m)}' +
  'a{display:inline-block;margin:.5rem 1rem .5rem 0;color:var(--a)}' +
  'a:first-of-type{padding:.5rem 1.25rem;border-radius:.5rem;background:var(--a);color:var(--c);text-decoration:none}' +
  'a:focus-visible{outline:3px solid var(--t);outline-offset:2px}'

/** A whole page: no script, no asset, nothing that is not escaped. */
export function pageResponse(
  page: Page,
  origin: string,
  requestId: string,
  cookies?: string[],
): Response {
  const ancestors = page.framed ? "'self'" : "'none'"
  const style = createHash('sha256').update(STYLE).digest('base64')
  const headers: Record<string, string> = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${style}'; form-action 'none'; base-uri 'none'; frame-ancestors ${ancestors}`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  }
  if (origin.startsWith('https:')) headers['strict-transport-security'] = 'max-age=31536000'
  return respond(page.status, page.marker, headers, html(page, origin, requestId), cookies)
}

function html(page: Page, origin: string, requestId: string): string {
  const title = escape(page.title)
  const text = page.text.map((paragraph) => `<p>${escape(paragraph)}</p>`).join('')
  const frame = page.framed ? ' target="_top"' : ''
  const links = page.links
    .map(({ href, label }) => `<a href="${escape(href)}"${frame}>${escape(label)}</a>`)
    .join('')
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head>` +
    `<body><main><small>${escape(origin.replace(/^.*\//, ''))}</small><h1>${title}</h1>${text}<p>${links}</p><small>Request ${escape(String(requestId))}</small></main></body></html>`
  )
}

/** Escapes for text and for quoted attributes. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
