import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { cli, temporaryFolder } from '../../helpers/cli.ts'

const page = readFileSync(new URL('../../../docs/access.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text]) => text ?? '')

const REST = {
  version: 1,
  distribution: 'E2QWRUHAPOMQZL',
  hosts: ['reports.example.com'],
  behaviors: 'all',
  okta: { orgUrl: 'https://acme.okta.com' },
  allow: { everyone: true },
}

async function folderWith(example: string): Promise<string> {
  const cwd = await temporaryFolder()
  const file = { ...REST, ...(JSON.parse(example) as object) }
  await writeFile(path.join(cwd, 's3-okta-guard.json'), JSON.stringify(file))
  return cwd
}

test('docs/access.md has examples', () => expect(examples.length).toBeGreaterThan(3))

test.each(examples)(
  'an example of docs/access.md is taken, without a warning: %s',
  async (text) => {
    const cwd = await folderWith(text)
    const loaded = await loadConfig(path.join(cwd, 's3-okta-guard.json'), true)
    expect(loaded?.warnings).toEqual([])
  },
)

test('docs/access.md shows what explain says', async () => {
  const [, line = '', shown] = /^\$ npx s3-okta-guard ([^\n]*)\n(.*?)^```$/ms.exec(page) ?? []
  const cwd = await folderWith(examples[0] ?? '')
  const { exitCode, stdout, stderr } = await cli(line.split(' '), { cwd })
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: shown, stderr: '' })
})
