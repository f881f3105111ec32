import * as z from 'zod'
import { configSchema } from './schema.ts'

/** Where editors and `$schema` find it. */
const CONFIG_SCHEMA_ID = 'https://unpkg.com/s3-okta-guard/docs/schemas/s3-okta-guard.schema.json'

/** The JSON Schema of `s3-okta-guard.json`, generated from the one that the tool checks with. */
export function configJsonSchema(): object {
  return {
    $id: CONFIG_SCHEMA_ID,
    title: 's3-okta-guard.json',
    ...z.toJSONSchema(configSchema, { target: 'draft-7' }),
  }
}
