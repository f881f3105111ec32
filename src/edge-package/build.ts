import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { GuardError } from '../errors/guard-error.ts'
import type { EdgeBuild } from './types.ts'

/** The scripts of the edge function as they were bundled when this package was built. */
export async function loadEdgeBuild(): Promise<EdgeBuild> {
  const folder = path.join(packageRoot(), 'dist', 'edge')
  const [index, signIn] = await Promise.all([
    readScript(folder, 'index.js'),
    readScript(folder, 'sign-in.js'),
  ])
  const scripts = { 'index.js': index, 'sign-in.js': signIn }
  return { digest: digestOfScripts(scripts), scripts }
}

/** SHA-256, hex, over names, lengths and contents: a byte moved from one script to the other counts. */
export function digestOfScripts(scripts: EdgeBuild['scripts']): string {
  const hash = createHash('sha256')
  for (const name of ['index.js', 'sign-in.js'] as const) {
    hash.update(`${name} ${scripts[name].length}\n`).update(scripts[name])
  }
  return hash.digest('hex')
}

async function readScript(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(path.join(folder, name))
  } catch (cause) {
    throw new GuardError({
      code: 'internal',
      message: `The edge function is not built: ${path.join(folder, name)} cannot be read.`,
      hint: 'In a checkout, build it first. In an installed package, install it again.',
      next: ['npm run build'],
      cause,
    })
  }
}

/** This module runs from `src/edge-package/` in tests and from a chunk in `dist/` when installed. */
function packageRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url))
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder)
    if (parent === folder) throw new Error(`no package.json above ${import.meta.url}`)
    folder = parent
  }
  return folder
}
