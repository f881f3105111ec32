import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { exitCodesPage } from '../../../src/commands/program/exit-codes-help.ts'
import { configJsonSchema } from '../../../src/config/json-schema.ts'
import { parseConfig } from '../../../src/config/load.ts'
import { AWS_COMMANDS, operatorPolicy } from '../../../src/plan/permissions.ts'
import { DOCUMENT_NAMES, documentJsonSchema } from '../../../src/ui/schemas/documents.ts'
import { eventJsonSchema } from '../../../src/ui/schemas/events.ts'
import { validatorOf } from '../../helpers/schema.ts'

const root = new URL('../../../', import.meta.url)

/** `UPDATE_GENERATED=1 npx vitest run test/unit/config` writes them anew. */
async function expectCurrent(file: string, generated: string): Promise<void> {
  const url = new URL(file, root)
  const style = await resolveConfig(fileURLToPath(url))
  const text = file.endsWith('.json')
    ? await format(generated, { ...style, parser: 'json' })
    : generated
  if (process.env['UPDATE_GENERATED']) {
    mkdirSync(new URL('.', url), { recursive: true })
    writeFileSync(url, text)
  }
  expect(readFileSync(url, 'utf8')).toBe(text)
}

const json = (value: object) => JSON.stringify(value)

test('docs/schemas/s3-okta-guard.schema.json is what the file is checked with', async () => {
  await expectCurrent('docs/schemas/s3-okta-guard.schema.json', json(configJsonSchema()))
})

test.each(DOCUMENT_NAMES)('docs/schemas/%s.schema.json is what the types say', async (name) => {
  await expectCurrent(`docs/schemas/${name}.schema.json`, json(documentJsonSchema(name)))
})

test('docs/schemas/event.schema.json is what the types say', async () => {
  await expectCurrent('docs/schemas/event.schema.json', json(eventJsonSchema()))
})

test('templates/iam-operator-policy.json is what the commands need', async () => {
  await expectCurrent('templates/iam-operator-policy.json', json(operatorPolicy()))
})

test.each(AWS_COMMANDS)('templates/iam/%s.json is what that command needs', async (command) => {
  await expectCurrent(`templates/iam/${command}.json`, json(operatorPolicy([command])))
})

test('docs/exit-codes.md is what the code does', async () => {
  await expectCurrent('docs/exit-codes.md', exitCodesPage())
})

test('templates/s3-okta-guard.json is taken, by the tool and by its published schema', () => {
  const text = readFileSync(new URL('templates/s3-okta-guard.json', root), 'utf8')
  expect(parseConfig(text, 's3-okta-guard.json').version).toBe(1)
  const validate = validatorOf('s3-okta-guard')
  expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true)
})
