import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { expect } from 'vitest'
import { decodeDocument, encodeDocument } from '../../src/provision/documents.ts'
import type { Stage } from './install.ts'

export type Json = Record<string, unknown>

/** Writes a document in SSM as another version of the tool would have. */
export async function rewrite(
  { sandbox, clients }: Stage,
  name: string,
  edit: (document: Json) => Json,
): Promise<void> {
  const { head, chunks } = encodeDocument(name, edit(read({ sandbox }, name)))
  expect(chunks).toEqual({})
  await clients.ssm.send(new PutParameterCommand({ Name: name, Value: head, Overwrite: true }))
}

/** One document of SSM, as it stands there. */
export function read({ sandbox }: Pick<Stage, 'sandbox'>, name: string): Json {
  const found = sandbox.aws.parameters().find((one) => one.name === name)
  return decodeDocument(name, found?.value ?? '', {}) as Json
}
