import * as z from 'zod'
import { ERROR_CODES } from '../../errors/codes.ts'
import { DATA_SCHEMAS, exitCode } from './data.ts'

export type DocumentName = keyof typeof DATA_SCHEMAS | 'cli'

export const DOCUMENT_NAMES: DocumentName[] = [
  'init',
  'apply',
  'status',
  'doctor',
  'explain',
  'rotate-keys',
  'revoke',
  'teardown',
  'demo',
  'completion',
  'cli',
]

/** What `--json` prints for a command, as JSON Schema: a result or an error. */
export function documentJsonSchema(name: DocumentName): object {
  const schema = z.literal(`s3-okta-guard/${name}@1`)
  const failure = z.object({
    schema,
    ok: z.literal(false),
    exitCode: exitCode.min(1),
    error: z.object({
      code: z.enum(Object.keys(ERROR_CODES)),
      message: z.string().min(1),
      hint: z.string(),
      next: z.array(z.string()),
      details: z.array(z.string()),
    }),
  })
  const document =
    name === 'cli'
      ? failure
      : z.union([
          z.object({ schema, ok: z.boolean(), exitCode, data: DATA_SCHEMAS[name] }),
          failure,
        ])
  return {
    $id: `https://unpkg.com/s3-okta-guard/docs/schemas/${name}.schema.json`,
    title: `s3-okta-guard ${name} --json`,
    ...z.toJSONSchema(document, { target: 'draft-7' }),
  }
}
