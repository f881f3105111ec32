import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

const folder = path.join(import.meta.dirname, '../../src/aws')

/** `context.run('iam', 'CreateRole', …)` in the sources of the adapters, as `iam:CreateRole`. */
export async function operationsOfAdapters(): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts'))
  const sources = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')))
  const found = sources.flatMap((source) =>
    [...source.matchAll(/context\.run\(\s*'(\w+)',\s*'(\w+)'/g)].map(
      ([, service, operation]) => `${service}:${operation}`,
    ),
  )
  return [...new Set(found)].sort()
}
