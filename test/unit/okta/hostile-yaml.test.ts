import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createOkta } from '../../../src/okta/index.ts'
import { answering, json } from '../../helpers/answering.ts'

const TOKEN = 'token-of-the-operator'

/** Okta's SDK reads this file wherever it runs, whatever it is told. */
async function inFolderWith(yaml: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 's3-okta-guard-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(path.join(folder, 'okta.yaml'), yaml)
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(folder)
  onTestFinished(() => cwd.mockRestore())
}

test.each(['SSWS', 'PrivateKey'])(
  'an okta.yaml of the current folder changes no request: %s',
  async (mode) => {
    const org = await answering((_request, response) => json(response, 200, []))
    const other = await answering((_request, response) => json(response, 200, []))
    await inFolderWith(`
okta:
  client:
    orgUrl: ${other.url}
    token: of-somebody-else
    authorizationMode: ${mode}
    clientId: of-somebody-else
    scopes: okta.users.manage
    privateKey: of-somebody-else
    httpsProxy: ${other.url}
    userAgent: of-somebody-else
    __proto__: { polluted: true }
    constructor: { prototype: { polluted: true } }
  __proto__: { polluted: true }
`)
    const credentials = { kind: 'token', token: TOKEN, source: 'OKTA_CLIENT_TOKEN' } as const
    const admin = await createOkta({ orgUrl: org.url, credentials })
    await admin.findAppsByLabel('S3 Okta Guard')
    await admin.listGroups(1)
    expect(org.seen.map(({ headers }) => headers.authorization)).toEqual([
      `SSWS ${TOKEN}`,
      `SSWS ${TOKEN}`,
    ])
    expect(JSON.stringify(org.seen)).not.toContain('somebody-else')
    expect(other.seen).toEqual([])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  },
)

test.each(['okta: [', 'null', 'okta: !!js/function "function () {}"'])(
  'one that cannot be read is named without a word of it: %s',
  async (yaml) => {
    await inFolderWith(yaml)
    const credentials = { kind: 'token', token: TOKEN, source: 'OKTA_CLIENT_TOKEN' } as const
    const opened = createOkta({ orgUrl: 'http://127.0.0.1:9', credentials })
    await expect(opened).rejects.toMatchObject({
      code: 'okta-failed',
      message: expect.stringMatching(/^Okta's SDK cannot read an okta.yaml/) as string,
    })
  },
)
