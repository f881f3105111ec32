import { gunzipSync, unzipSync } from 'fflate'
import { expect } from 'vitest'
import type { Door } from './doors.ts'
import type { Stage } from './install.ts'

/** Every text that gives a secret away: itself, and its bytes in base64 at any offset or in hex. */
export function disguisesOf(secret: string): string[] {
  const forms = [Buffer.from(secret)]
  if (/^[\w-]+$/.test(secret)) forms.push(Buffer.from(secret, 'base64url'))
  const encoded = forms.flatMap((bytes) => [
    bytes.toString('hex'),
    ...[0, 1, 2].flatMap((offset) => {
      const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
      // What the neighbors share in is left out.
      const own = text.replace(/=+$/, '').slice(offset === 0 ? 0 : offset + 1, -2)
      return [own, own.replaceAll('+', '-').replaceAll('/', '_')]
    }),
  ])
  return [...new Set([secret, encodeURIComponent(secret), ...encoded])]
}

/** The doors by which a secret has gone out. */
export function leaksOf(secrets: Iterable<string>, doors: readonly Door[]): string[] {
  const found = new Set<string>()
  const all = [...new Set(doors.map(({ text }) => text))].join('\n')
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(19)
    for (const disguise of disguisesOf(secret).filter((one) => all.includes(one))) {
      for (const { name } of doors.filter(({ text }) => text.includes(disguise))) {
        found.add(`${secret.slice(0, 4)}… by ${name.slice(0, 80)}`)
      }
    }
  }
  return [...found]
}

/** The private members of every key in a ring. */
export function privateParts(ring: string): string[] {
  const { keys } = JSON.parse(ring) as { keys: { key: string | Record<string, string> }[] }
  return keys.flatMap(({ key }) =>
    typeof key === 'string'
      ? [key]
      : ['d', 'p', 'q', 'dp', 'dq', 'qi'].flatMap((member) => key[member] ?? []),
  )
}

/** What stands in the cloud for others to read: all of it but the values of SecureStrings. */
export function publicState(stage: Stage, distribution: string): Door[] {
  const { aws, okta } = stage.sandbox
  const functions = aws.functions().filter(({ name }) => name.includes(distribution))
  const files = functions.flatMap(({ zip }) => Object.entries(unzipSync(zip)))
  const records = aws.parameters().filter(({ name }) => name.includes(distribution))
  const texts = records.map(({ value, type, ...rest }) => {
    const shown = type === 'SecureString' ? '' : `${value}\n${unpacked(value)}`
    return { name: `record ${rest.name}`, text: `${JSON.stringify(rest)}\n${shown}` }
  })
  return [
    ...texts,
    ...files.map(([name, bytes]) => ({ name: `zip ${name}`, text: Buffer.from(bytes).toString() })),
    ...functions.map(({ zip: _, ...rest }) => ({ name: 'function', text: JSON.stringify(rest) })),
    { name: 'roles', text: JSON.stringify(aws.roles()) },
    { name: 'distribution', text: aws.distributionXml(distribution) },
    { name: 'Okta apps', text: JSON.stringify([...okta.store.apps.values()].map(withoutSecret)) },
  ]
}

/** Okta shows a client secret to its admins. */
function withoutSecret(app: { credentials?: unknown }): object {
  const { credentials: _, ...rest } = app
  return rest
}

function unpacked(value: string): string {
  const packed = value.split(' ')[3]
  try {
    return packed === undefined
      ? ''
      : Buffer.from(gunzipSync(Buffer.from(packed, 'base64'))).toString()
  } catch {
    return ''
  }
}
