// Import directions, cycles and libraries in their places; see .dependency-cruiser.cjs.
import { checkImports, ruleNames } from './lib/import-rules.js'

const { modules, violations, unread } = await checkImports(process.cwd())
for (const { rule, from, to } of violations) process.stdout.write(`${rule}: ${from} → ${to}\n`)
for (const file of unread) process.stdout.write(`not read: ${file}\n`)
process.stdout.write(`${modules} modules against ${ruleNames.length} rules\n`)
process.exitCode = violations.length + unread.length > 0 || modules === 0 ? 1 : 0
