import { GuardError } from '../../errors/guard-error.ts'

/** A command line that a POSIX shell reads as these words. No flag takes a secret, so none is shown. */
export function commandLine(words: readonly string[]): string {
  return ['s3-okta-guard', ...words.map(quoted)].join(' ')
}

/** Whatever ended the run, the same command line goes on from there; an error may know a better one. */
export function withCommand(error: unknown, words: readonly string[] | undefined): unknown {
  if (!(error instanceof GuardError) || words === undefined) return error
  const { code, message, hint, details, cause, next } = error
  if (next.some((line) => line.startsWith('s3-okta-guard '))) return error
  return new GuardError({
    ...{ code, message, details, cause, next: [...next, commandLine(words)] },
    ...(hint === undefined ? {} : { hint }),
  })
}

/** One word of a command line. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
