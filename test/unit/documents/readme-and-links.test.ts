import { existsSync } from 'node:fs'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { cli, temporaryFolder } from '../../helpers/cli.ts'

const root = new URL('../../../', import.meta.url).pathname
const read = (file: string): Promise<string> => readFile(path.join(root, file), 'utf8')

const documents = [
  ...(await readdir(root)),
  ...(await readdir(path.join(root, 'docs'), { recursive: true })).map((file) => `docs/${file}`),
].filter((file) => file.endsWith('.md'))

/** What stands in the code blocks of one language. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, given, code = '']) =>
    given === language ? [code] : [],
  )
}

it('the README begins with the demo, then the tests', async () => {
  const [, tryIt = ''] = (await read('README.md')).split('## Try it')
  expect(blocks(tryIt, 'sh').slice(0, 2)).toEqual([
    'npm ci && npm run demo\n',
    'npm ci && npm test\n',
  ])
})

it('the file in the README is one that the tool takes', async () => {
  const [json = ''] = blocks(await read('README.md'), 'json')
  const file = path.join(await temporaryFolder(), 's3-okta-guard.json')
  await writeFile(file, json)
  expect((await loadConfig(file, true))?.file).toEqual(JSON.parse(json))
})

it('every command line in a document has a command that exists', async () => {
  const lines = (await Promise.all(documents.map(read)))
    .flatMap((text) => blocks(text, 'sh'))
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => /^(?:npx )?s3-okta-guard (\S+)/.exec(line)?.[1] ?? [])
  expect(new Set(lines).size).toBeGreaterThan(3)
  for (const name of new Set(lines)) {
    const { stdout } = await cli([name, '--help'])
    expect(stdout, name).toContain(`Usage: s3-okta-guard ${name}`)
  }
})

it.each(documents)('every link in %s leads somewhere', async (document) => {
  const text = await read(document)
  const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link)
  const files = [...text.matchAll(/`((?:src|test|templates|docs|scripts|bench)\/[\w./-]+)`/g)]
  const missing = [
    ...links
      .filter((link) => !/^https?:/.test(link))
      .map((link) => path.join(root, path.dirname(document), link)),
    ...files.map(([, file = '']) => path.join(root, file)),
  ].filter((file) => !existsSync(file))
  expect(missing).toEqual([])
})
