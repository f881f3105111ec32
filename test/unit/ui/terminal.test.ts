import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Choice, Prompter } from '../../../src/ui/prompter.ts'
import { terminalPrompter } from '../../../src/ui/terminal.ts'

const ENTER = '\r'
const SPACE = ' '
const DOWN = '\u001b[B'
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'

const choices: Choice<string>[] = [
  { value: 'E1', name: 'reports.example.com' },
  { value: 'E2', name: 'docs.example.com' },
]
const question = { message: 'Which one?', flag: '--distribution ID', choices }

/** Types the keys, each after the question has been drawn. */
async function typing<T>(ask: (prompter: Prompter) => Promise<T>, keys: string[]) {
  const stdin = new PassThrough()
  const stderr = new PassThrough()
  let drawn = ''
  let settled = 0
  stderr.on('data', (chunk: Buffer) => {
    drawn += chunk.toString()
  })
  const controller = new AbortController()
  const prompter = terminalPrompter({ stdin, stderr }, controller.signal, () => (settled += 1))
  const answer = ask(prompter).then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  )
  while (!drawn.includes('?')) await new Promise((resolve) => setImmediate(resolve))
  for (const key of keys) {
    if (key === 'abort') controller.abort()
    else if (key === 'end') stdin.end()
    else stdin.write(key)
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  return { ...(await answer), drawn, settled }
}

test('a choice is made with the arrows', async () => {
  const { value, settled } = await typing((prompter) => prompter.select(question), [DOWN, ENTER])
  expect(value).toBe('E2')
  expect(settled).toBe(1)
})

test('several are ticked', async () => {
  const keys = [SPACE, DOWN, SPACE, ENTER]
  const { value } = await typing((prompter) => prompter.checkbox(question), keys)
  expect(value).toEqual(['E1', 'E2'])
})

test('the answer to a yes-or-no question is no unless somebody says yes', async () => {
  const ask = (prompter: Prompter) => prompter.confirm({ message: 'Apply?', flag: '--yes' })
  expect((await typing(ask, [ENTER])).value).toBe(false)
  expect((await typing(ask, ['y', ENTER])).value).toBe(true)
})

test('a password is never drawn', async () => {
  const ask = (prompter: Prompter) => prompter.password({ message: 'Token?', flag: '-' })
  const { value, drawn } = await typing(ask, ['00secret', ENTER])
  expect(value).toBe('00secret')
  expect(drawn).not.toContain('secret')
  expect(drawn).toContain('********')
})

test('a wrong answer is explained and asked again', async () => {
  const ask = (prompter: Prompter) =>
    prompter.input({
      message: 'Host?',
      flag: '--host NAME',
      validate: (host) => host === 'ok' || 'that is no host',
    })
  const { value, drawn } = await typing(ask, ['no', ENTER, '\u0015', 'ok', ENTER])
  expect(drawn).toContain('that is no host')
  expect(value).toBe('ok')
})

test.each([
  ['Ctrl-C', CTRL_C],
  ['Ctrl-D', CTRL_D],
  ['the end of stdin', 'end'],
  ['a signal to the process', 'abort'],
])('%s in a question is an interruption', async (_what, key) => {
  const { error } = await typing((prompter) => prompter.input(question), [key])
  expect(error).toMatchObject({ name: 'GuardError', code: 'interrupted' })
  expect((error as Error).message).toBe('Interrupted; nothing was changed.')
})

test('a typed secret is never shown, and no key shows it', async () => {
  const secret = { message: 'API token?', flag: '--okta-token-file FILE' }
  const keys = ['00secret', '\u0014', ENTER]
  const { value, drawn } = await typing((prompter) => prompter.password(secret), keys)
  expect(value).toBe('00secret')
  expect(drawn).not.toContain('00secret')
})
