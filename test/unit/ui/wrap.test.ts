import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createChannel } from '../../../src/ui/channel.ts'
import { asInvoked } from '../../../src/ui/invocation.ts'
import { wrapLine } from '../../../src/ui/wrap.ts'

function written(columns: number | undefined, texts: string[]): string[] {
  let out = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      out += chunk.toString()
      done()
    },
  })
  const channel = createChannel(stream, true, { columns })
  for (const text of texts) channel.line(text)
  return out.trimEnd().split('\n')
}

const FINDING =
  '  info terraform: Whether Terraform owns this distribution cannot be seen. If it does, the guard goes.'

test('a terminal gets no line that is broken in the middle of a word', () => {
  const lines = written(60, [FINDING])
  expect(lines).toEqual([
    '  info terraform: Whether Terraform owns this distribution',
    '    cannot be seen. If it does, the guard goes.',
  ])
  expect(lines.every((line) => line.length <= 60)).toBe(true)
})

test('what reads a pipe gets whole lines', () => {
  expect(written(undefined, [FINDING])).toEqual([FINDING])
})

test('a table goes on under its last column', () => {
  const row = ' ✓  KMS key  ok  aws/ssm: whoever may read these parameters can decrypt them'
  expect(wrapLine(row, 50)).toEqual([
    ' ✓  KMS key  ok  aws/ssm: whoever may read these',
    '                 parameters can decrypt them',
  ])
})

test('a command stays in one piece, however long, to be copied', () => {
  const command =
    's3-okta-guard teardown --distribution E2QWRUHAPOMQZL --confirm E2QWRUHAPOMQZL --logs'
  expect(wrapLine(`  ${command}`, 60)).toEqual([`  ${command}`])
  expect(wrapLine(`    → ${command}`, 60)).toEqual(['    →', `      ${command}`])
  expect(wrapLine(`next: ${command}`, 60)).toEqual(['next:', `  ${command}`])
  expect(wrapLine(`It stays. To change it: npx ${command}`, 60)).toEqual([
    'It stays. To change it:',
    `  npx ${command}`,
  ])
})

test('colors take no room', () => {
  const painted = '  \u001b[2minfo\u001b[22m terraform: Whether Terraform owns it cannot be seen.'
  expect(wrapLine(painted, 60)).toEqual([painted])
})

test('a script and a terminal that is no wider than a word are left alone', () => {
  const script = `${'word '.repeat(30)}\nend`
  expect(wrapLine(script, 60)).toEqual([script])
  expect(wrapLine(FINDING, 20)).toEqual([FINDING])
})

test('who came by npx can paste what is printed', () => {
  const text =
    'next: s3-okta-guard status --distribution E1 (npx s3-okta-guard help): s3-okta-guard.json'
  expect(asInvoked({ npm_command: 'exec' })(text)).toBe(
    'next: npx s3-okta-guard status --distribution E1 (npx s3-okta-guard help): s3-okta-guard.json',
  )
  expect(asInvoked({})(text)).toBe(text)
})

test('a file and a profile that were named are named in the next command, once', () => {
  const reworded = asInvoked({}, { config: 'prod.json', profile: 'prod' })
  expect(reworded('Run s3-okta-guard apply, or s3-okta-guard help exit-codes.')).toBe(
    'Run s3-okta-guard apply --config prod.json --profile prod, or s3-okta-guard help exit-codes.',
  )
  expect(reworded('next: s3-okta-guard init --config prod.json --yes')).toBe(
    'next: s3-okta-guard init --profile prod --config prod.json --yes',
  )
  expect(reworded('s3-okta-guard explain / and the file s3-okta-guard.json')).toBe(
    's3-okta-guard explain --config prod.json / and the file s3-okta-guard.json',
  )
})
