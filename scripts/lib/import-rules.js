import { createRequire } from 'node:module'
import path from 'node:path'
import { cruise } from 'dependency-cruiser'
import { listFiles } from './list-files.js'

const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs')

export const ruleNames = config.forbidden.map((rule) => rule.name)

/** Reads every module under `<root>/src` and returns the imports that break a rule. */
export async function checkImports(root) {
  const { tsConfig: _onlyForTheCommand, ...options } = config.options
  const { output } = await cruise(['src'], {
    ...options,
    baseDir: root,
    ruleSet: { forbidden: config.forbidden },
    validate: true,
  })
  const read = new Set(output.modules.map((module) => module.source))
  const files = await listFiles(path.join(root, 'src'), /\.ts$/)
  return {
    modules: files.length,
    violations: output.summary.violations.map(({ rule, from, to }) => ({
      rule: rule.name,
      from,
      to,
    })),
    // A checker that reads no module finds no violation either.
    unread: files.map((file) => path.posix.join('src', file)).filter((file) => !read.has(file)),
  }
}
