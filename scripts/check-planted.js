// The checks are checked: every rule must find the violation planted for it, and nothing in a clean tree.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ESLint } from 'eslint'
import { checkHouse } from './lib/house-rules.js'
import { checkImports, ruleNames } from './lib/import-rules.js'
import { brokenHouse, brokenImports, cleanTree, floatingPromise } from './lib/planted.js'

const problems = []

await inTree(cleanTree, async (root) => {
  const { modules, violations, unread } = await checkImports(root)
  expect('a clean tree has no import violation', violations.length + unread.length === 0)
  expect('a clean tree is read', modules === Object.keys(cleanTree).length)
  expect('a clean tree keeps the house rules', (await checkHouse(root)).problems.length === 0)
})

for (const [rule, files] of Object.entries(brokenImports)) {
  await inTree({ ...cleanTree, ...files }, async (root) => {
    const { violations } = await checkImports(root)
    expect(
      `imports: ${rule}`,
      violations.some((violation) => violation.rule === rule),
    )
  })
}
const untried = ruleNames.filter((rule) => !(rule in brokenImports))
expect(
  `every import rule has its violation (missing: ${untried.join(', ') || 'none'})`,
  !untried.length,
)

for (const [name, files] of Object.entries(brokenHouse)) {
  await inTree({ ...cleanTree, ...files }, async (root) => {
    expect(`files: ${name}`, (await checkHouse(root)).problems.length === 1)
  })
}

const [lint] = await new ESLint().lintText(floatingPromise, { filePath: 'vitest.config.ts' })
const found = new Set(lint.messages.map((message) => message.ruleId ?? message.message))
expect('lint: a floating promise', found.has('@typescript-eslint/no-floating-promises'))
expect(
  'lint: an unused disable directive',
  [...found].some((id) => /Unused eslint-dis/.test(id)),
)

for (const problem of problems) process.stdout.write(`not found: ${problem}\n`)
process.exitCode = problems.length > 0 ? 1 : 0

function expect(name, holds) {
  if (holds) process.stdout.write(`ok ${name}\n`)
  else problems.push(name)
}

async function inTree(files, look) {
  const root = await mkdtemp(path.join(tmpdir(), 's3-okta-guard-planted-'))
  try {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true })
      await writeFile(path.join(root, file), text)
    }
    await look(root)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}
