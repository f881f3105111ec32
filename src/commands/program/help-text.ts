import type { Example, RunnableCommand } from './spec.ts'

const INTRODUCTION = 'Put Okta sign-in in front of a private static site on S3 behind CloudFront.'

const EXAMPLES: Example[] = [
  { line: 'demo', does: 'see it on this machine, without any account' },
  { line: 'init', does: 'guard a site; asks for what it needs' },
  { line: 'status', does: 'is it right?' },
  { line: 'teardown', does: 'give the distribution back as it was' },
]

/** What there is help on beside the commands. */
export const HELP_TOPICS = ['exit-codes', 'environment']

export const TOPICS_TEXT = `
Help on:
  s3-okta-guard help COMMAND       a command
  s3-okta-guard help exit-codes    what the exit codes and the error codes mean
  s3-okta-guard help environment   the environment variables that are read
`

/** Each example with what it does on the line above: long ones are pasted whole. */
export function examplesText(examples: Example[]): string {
  const lines = examples.map(({ line, does }) => `  # ${does}\n  npx s3-okta-guard ${line}\n`)
  return `Examples:\n${lines.join('\n')}`
}

/** The top of the main help: examples, then the commands. */
export function rootText(commands: RunnableCommand[]): string {
  const list = `Commands:\n${commandList(commands).join('\n')}\n`
  return `${INTRODUCTION}\n\n${examplesText(EXAMPLES)}\n${list}`
}

/** What a call without a command gets, on stderr. */
export function shortHelp(commands: RunnableCommand[]): string {
  return [
    'usage: s3-okta-guard <command> [flags]',
    '',
    ...commandList(commands),
    '',
    'See it on this machine:  npx s3-okta-guard demo',
    'All commands and flags:  npx s3-okta-guard --help',
    '',
  ].join('\n')
}

function commandList(commands: RunnableCommand[]): string[] {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
}
