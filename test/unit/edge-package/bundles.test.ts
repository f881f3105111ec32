import path from 'node:path'
import type { Metafile } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
import { bundleEdge } from '../../../scripts/lib/bundles.js'
import { digestOfScripts, loadEdgeBuild } from '../../../src/edge-package/build.ts'
import type { EdgeBuild } from '../../../src/edge-package/types.ts'
import { makeEdgeZip } from '../../../src/edge-package/zip.ts'
import { sampleConfig } from './sample-config.ts'

const root = path.resolve(import.meta.dirname, '../../..')

/** Libraries of the command line, and things that a public bundle must never hold. */
const FORBIDDEN = [
  ...[
    '@aws-sdk',
    '@smithy',
    'aws-sdk',
    'okta-sdk',
    'commander',
    'inquirer',
    'ora',
    'zod',
    'fflate',
  ],
  ...['oidc-provider', 'node_modules/jose/', 'sourceMappingURL', 'PRIVATE KEY', 'AKIA', 'SSWS'],
  ...['client_secret', 'eval(', 'new Function'],
]

let shipped: EdgeBuild
let metafile: Metafile
let fresh: Record<string, Uint8Array>

beforeAll(async () => {
  shipped = await loadEdgeBuild()
  const made = await bundleEdge(root)
  metafile = made.metafile
  fresh = made.scripts
})

describe('the scripts of the edge function', () => {
  test('are what the sources of this checkout give', () => {
    for (const name of ['index.js', 'sign-in.js'] as const) {
      expect(Buffer.compare(fresh[name] ?? Buffer.alloc(0), shipped.scripts[name]), name).toBe(0)
    }
  })

  test('index.js holds only the gate and what it shares with the command line', () => {
    const inputs = inputsOf('dist/edge/index.js')
    expect(inputs).toContain('src/edge-function/gate.ts')
    for (const input of inputs)
      expect(input).toMatch(/^src\/(edge-function\/(?!sign-in\/)|access\/)/)
  })

  test('sign-in.js holds sign-in, what it shares, and one library', () => {
    const inputs = inputsOf('dist/edge/sign-in.js')
    expect(inputs).toContain('src/edge-function/sign-in/index.ts')
    for (const input of inputs) {
      expect(input).toMatch(/^(src\/(edge-function|access)\/|node_modules\/oauth4webapi\/)/)
    }
  })

  test.each(['index.js', 'sign-in.js'] as const)('%s names nothing that it must not', (name) => {
    const script = Buffer.from(shipped.scripts[name]).toString('utf8')
    const words = FORBIDDEN.filter((word) => script.includes(word))
    // `ora` and `zod` are short enough to stand in other words; as a module name they are quoted.
    const named = words.filter((word) => word.length > 3 || script.includes(`"${word}"`))
    expect(named).toEqual([])
  })

  test('index.js reads nothing but node:crypto, sign-in.js and its configuration', () => {
    const script = Buffer.from(shipped.scripts['index.js']).toString('utf8')
    const required = [...script.matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1])
    expect(new Set(required)).toEqual(new Set(['node:crypto', './sign-in.js', './config.json']))
    expect(script).not.toMatch(/\b(fetch|Headers|Intl)\b\(/)
  })

  test('stay within their sizes: index.js 6 KB, the zip 25 KB', () => {
    expect(shipped.scripts['index.js'].length).toBeLessThanOrEqual(6 * 1024)
    expect(makeEdgeZip(shipped, sampleConfig).bytes.length).toBeLessThanOrEqual(25 * 1024)
  })

  test('have one digest that changes with either of them, and when a byte moves between them', () => {
    const text = (value: string) => new TextEncoder().encode(value)
    const pairs = ['ab|c', 'a|bc', 'ab|d', 'aa|c'].map((pair) => {
      const [index = '', signIn = ''] = pair.split('|')
      return digestOfScripts({ 'index.js': text(index), 'sign-in.js': text(signIn) })
    })
    expect(new Set(pairs).size).toBe(4)
    expect(shipped.digest).toBe(digestOfScripts(shipped.scripts))
  })
})

function inputsOf(output: string): string[] {
  const found = metafile.outputs[output]
  if (found === undefined)
    throw new Error(`${output} is not among ${Object.keys(metafile.outputs).join(', ')}`)
  return Object.keys(found.inputs)
}
