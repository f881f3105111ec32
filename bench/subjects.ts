import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { unzipSync } from 'fflate'
import type { EdgeConfig } from '../src/access/edge-config.ts'
import { loadEdgeBuild } from '../src/edge-package/build.ts'
import { makeEdgeZip } from '../src/edge-package/zip.ts'
import { configWith, ORIGIN, withRules } from './config.ts'
import { eventsFor } from './events.ts'
import { CLIENT_ID, floorSigner, guardSigner, rsaSigner } from './tokens.ts'
import type { Signer } from './tokens.ts'

export type SubjectName = 'empty' | 'floor' | 'guard' | 'rules'

/** One handler, unpacked as Lambda would unpack it, with the requests it is asked. */
export interface Subject {
  name: SubjectName
  folder: string
  events: string
}

export interface Subjects {
  list: Subject[]
  zipBytes: number
  indexBytes: number
}

/** Puts the shipped zip, with few settings and with many, and the two yardsticks into folders. */
export async function prepareSubjects(temporary: string): Promise<Subjects> {
  const guard = guardSigner()
  const floor = floorSigner()
  const config = configWith(guard.publicKey, rsaSigner('okta-1', 'JWT', () => ({})).publicKey)
  const handlers = path.resolve('bench/handlers')

  const subject = async (name: SubjectName, signer: Signer): Promise<Subject> => {
    const folder = path.join(temporary, name)
    await mkdir(folder, { recursive: true })
    const events = path.join(temporary, `${name}.events.json`)
    await writeFile(events, JSON.stringify(eventsFor(signer, name !== 'empty', name === 'rules')))
    return { name, folder, events }
  }

  const empty = await subject('empty', floor)
  await copyFile(path.join(handlers, 'empty.cjs'), path.join(empty.folder, 'index.js'))
  const yardstick = await subject('floor', floor)
  await copyFile(path.join(handlers, 'floor-hs256.cjs'), path.join(yardstick.folder, 'index.js'))
  const baked = { secret: floor.secret, authorize: authorizeUrl() }
  await writeFile(path.join(yardstick.folder, 'config.json'), JSON.stringify(baked))

  const shipped = await subject('guard', guard)
  const zipBytes = await unpackZip(shipped.folder, config)
  const rules = await subject('rules', guard)
  await unpackZip(rules.folder, withRules(config))
  const { scripts } = await loadEdgeBuild()
  const list = [empty, yardstick, shipped, rules]
  return { list, zipBytes, indexBytes: scripts['index.js'].length }
}

/** The zip that the product would publish for this configuration; gives its size. */
export async function unpackZip(folder: string, config: EdgeConfig): Promise<number> {
  const { bytes } = makeEdgeZip(await loadEdgeBuild(), config)
  for (const [file, content] of Object.entries(unzipSync(bytes))) {
    await writeFile(path.join(folder, file), content)
  }
  return bytes.length
}

function authorizeUrl(): string {
  const query = new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: 'code',
    scope: 'openid email profile',
    redirect_uri: `${ORIGIN}/_guard/callback`,
  })
  return `https://acme.okta.com/oauth2/v1/authorize?${query.toString()}`
}
