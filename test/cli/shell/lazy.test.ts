import { build } from 'esbuild'
import type { Plugin } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { cliOptions } from '../../../scripts/lib/bundles.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))

const lazyApart: Plugin = {
  name: 'lazy-apart',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
}

/** What is loaded before any command runs: everything that src/cli.ts reaches without `import()`. */
async function loadedAtOnce(): Promise<string[]> {
  const { metafile } = await build({
    ...(cliOptions(root, 'dist') as object),
    absWorkingDir: root,
    entryPoints: ['src/cli.ts'],
    write: false,
    metafile: true,
    plugins: [lazyApart],
  })
  return Object.keys(metafile.inputs)
}

test('--help, --version and usage errors load no SDK, no prompts, no validator, no command', async () => {
  const files = await loadedAtOnce()
  expect(files).toContain('src/commands/program/program.ts')
  const packages = files.flatMap(
    (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [],
  )
  expect([...new Set(packages)]).toEqual(['commander'])
  const folders = files.flatMap((file) => /^src\/([^/]+)\//.exec(file)?.[1] ?? [])
  expect([...new Set(folders)].sort()).toEqual(['access', 'commands', 'config', 'errors', 'ui'])
  for (const name of ['init', 'apply', 'status', 'rotate-keys', 'revoke', 'teardown', 'demo']) {
    expect(files).not.toContain(`src/commands/${name}.ts`)
  }
})
