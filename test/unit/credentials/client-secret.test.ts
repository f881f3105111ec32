import { expect, test } from 'vitest'
import { readClientSecret } from '../../../src/credentials/client-secret.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'

function from(content: string | undefined, stdin?: string) {
  return {
    readFile: () => Promise.resolve(content),
    readStdin: () =>
      stdin === undefined ? Promise.reject(new Error('stdin was read')) : Promise.resolve(stdin),
  }
}

test.each(['s3cret', ' s3cret\r\n', '\n\ts3cret', '\uFEFFs3cret\n'])(
  'takes the secret out of %j',
  async (content) => {
    expect(await readClientSecret('/run/secret', from(content))).toBe('s3cret')
  },
)

test('reads stdin for -, and no file', async () => {
  expect(await readClientSecret('-', from(undefined, 's3cret\n'))).toBe('s3cret')
})

test('keeps every character that RFC 6749 allows', async () => {
  const all = Array.from({ length: 0x7e - 0x20 }, (_, at) => String.fromCharCode(0x21 + at)).join(
    '',
  )
  expect(await readClientSecret('/run/secret', from(all))).toBe(all)
})

test.each([
  ['no file', undefined, /does not exist or cannot be read/],
  ['an empty file', ' \n', /it is empty/],
  ['two words', 'CANARY other', /more than one word/],
  ['two lines', 'CANARY\nother\n', /more than one word/],
  ['a letter beyond ASCII', 'CANARY\u00e9', /cannot be in a client secret/],
  ['a control character', 'CANARY\u0000', /cannot be in a client secret/],
])('refuses %s without quoting it', async (_what, content, message) => {
  const error: unknown = await readClientSecret('/run/secret', from(content)).catch(
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof GuardError)) throw new Error('nothing was refused')
  expect(error.code).toBe('client-secret-needed')
  expect(error.message).toMatch(message)
  expect(error.message).toContain('/run/secret')
  expect(`${error.stack}${error.hint}${error.details.join('')}`).not.toContain('CANARY')
})
