import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { unzipSync } from 'fflate'
import type { EdgeConfig } from '../src/access/edge-config.ts'
import type { PublicRsaJwk } from '../src/access/jwk.ts'
import { loadEdgeBuild } from '../src/edge-package/build.ts'
import { makeEdgeZip } from '../src/edge-package/zip.ts'
import { CLIENT_ID, DISTRIBUTION, floorSigner, guardSigner } from './tokens.ts'
import type { Signer } from './tokens.ts'

/** One handler, unpacked as Lambda would unpack it, with the requests it is asked. */
export interface Subject {
  name: 'empty' | 'floor' | 'guard'
  folder: string
  events: string
}

export interface Subjects {
  list: Subject[]
  zipBytes: number
  indexBytes: number
}

const HOST = 'reports.example.com'
const SEEN = 200
const FRESH = 1_500
const WARM_UP = 500

/** Puts the shipped zip and the two yardsticks into folders of their own. */
export async function prepareSubjects(temporary: string): Promise<Subjects> {
  const build = await loadEdgeBuild()
  const guard = guardSigner()
  const floor = floorSigner()
  const { bytes } = makeEdgeZip(build, configWith(guard.publicKey))

  const list: Subject[] = []
  for (const [name, signer] of [
    ['empty', floor],
    ['floor', floor],
    ['guard', guard],
  ] as const) {
    const folder = path.join(temporary, name)
    await mkdir(folder, { recursive: true })
    const events = path.join(temporary, `${name}.events.json`)
    await writeFile(events, JSON.stringify(eventsFor(signer, name !== 'empty')))
    list.push({ name, folder, events })
  }

  const handlers = path.resolve('bench/handlers')
  const [empty, yardstick, shipped] = list.map((subject) => subject.folder) as [
    string,
    string,
    string,
  ]
  await copyFile(path.join(handlers, 'empty.cjs'), path.join(empty, 'index.js'))
  await copyFile(path.join(handlers, 'floor-hs256.cjs'), path.join(yardstick, 'index.js'))
  await writeFile(
    path.join(yardstick, 'config.json'),
    JSON.stringify({ secret: floor.secret, authorize: authorizeUrl() }),
  )
  for (const [file, content] of Object.entries(unzipSync(bytes))) {
    await writeFile(path.join(shipped, file), content)
  }
  return { list, zipBytes: bytes.length, indexBytes: build.scripts['index.js'].length }
}

function eventsFor(signer: Signer, redirects: boolean) {
  const tokens = (count: number) => Array.from({ length: count }, () => signer.token())
  return {
    template: JSON.stringify(requestEvent()),
    warmUp: tokens(WARM_UP),
    seen: tokens(SEEN),
    fresh: tokens(FRESH),
    stranger: null,
    redirects,
  }
}

/** A viewer-request event as a browser's navigation makes it; AWS: "Lambda@Edge event structure". */
function requestEvent() {
  const header = (key: string, value: string) => ({ [key.toLowerCase()]: [{ key, value }] })
  return {
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: 'd111111abcdef8.cloudfront.net',
            distributionId: DISTRIBUTION,
            eventType: 'viewer-request',
            requestId: '4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==',
          },
          request: {
            clientIp: '203.0.113.178',
            headers: {
              ...header('Host', HOST),
              ...header('User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0'),
              ...header('Accept', 'text/html,application/xhtml+xml,*/*;q=0.8'),
              ...header('Accept-Language', 'en-US,en;q=0.9'),
              ...header('Cookie', 'COOKIES'),
              ...header('Sec-Fetch-Mode', 'navigate'),
              ...header('Sec-Fetch-Dest', 'document'),
              ...header('Sec-Fetch-Site', 'none'),
            },
            method: 'GET',
            querystring: 'quarter=3&view=table',
            uri: '/reports/2026/index.html',
          },
        },
      },
    ],
  }
}

function authorizeUrl(): string {
  const query = new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: 'code',
    scope: 'openid email profile',
    redirect_uri: `https://${HOST}/_guard/callback`,
  })
  return `https://acme.okta.com/oauth2/v1/authorize?${query.toString()}`
}

function configWith(key: PublicRsaJwk): EdgeConfig {
  const org = 'https://acme.okta.com'
  return {
    version: 1,
    distribution: DISTRIBUTION,
    origins: [`https://${HOST}`],
    clientId: CLIENT_ID,
    oktaHost: 'acme.okta.com',
    okta: {
      issuer: org,
      authorizationEndpoint: `${org}/oauth2/v1/authorize`,
      tokenEndpoint: `${org}/oauth2/v1/token`,
      endSessionEndpoint: `${org}/oauth2/v1/logout`,
      jwksUri: `${org}/oauth2/v1/keys`,
      issParameterSupported: false,
      keys: [{ kty: 'RSA', kid: 'okta-1', alg: 'RS256', use: 'sig', n: key.n, e: key.e }],
    },
    sessionKeys: [key],
    session: { tokenSeconds: 900, maxSeconds: 43_200 },
    secrets: {
      region: 'us-east-1',
      session: `/s3-okta-guard/${DISTRIBUTION}/keys/session`,
      client: `/s3-okta-guard/${DISTRIBUTION}/keys/client`,
      seal: `/s3-okta-guard/${DISTRIBUTION}/keys/seal`,
    },
  }
}
