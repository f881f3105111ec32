/** A command line that a POSIX shell reads as these words. No flag takes a secret, so none is shown. */
export function commandLine(words: readonly string[]): string {
  return ['s3-okta-guard', ...words.map(quoted)].join(' ')
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
