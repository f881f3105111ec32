import { ERROR_CODES } from '../../errors/codes.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { ERROR_MEANINGS, EXIT_MEANINGS } from '../../errors/meanings.ts'

/** `help exit-codes`. */
export function exitCodesHelp(): string {
  const exits = EXIT_MEANINGS.map(({ exit, means }) => `  ${String(exit).padStart(3)}  ${means}\n`)
  const width = Math.max(...codes().map((code) => code.length))
  const errors = codes().map(
    (code) =>
      `  ${String(ERROR_CODES[code]).padStart(3)}  ${code.padEnd(width)}  ${ERROR_MEANINGS[code]}\n`,
  )
  const rule = 'Where several fit: 5, 3, 6, 0.'
  return `Exit codes\n\n${exits.join('')}\n${rule}\n\nError codes (\`error.code\` with --json)\n\n${errors.join('')}`
}

/** The same as a page: `docs/exit-codes.md`. */
export function exitCodesPage(): string {
  const exits = EXIT_MEANINGS.map(({ exit, name, means }) => `| ${exit} | ${name} | ${means} |`)
  const errors = codes().map(
    (code) => `| \`${code}\` | ${ERROR_CODES[code]} | ${ERROR_MEANINGS[code]} |`,
  )
  return [
    '# Exit codes and error codes',
    '',
    'Both are an interface: scripts may rely on them. `s3-okta-guard help exit-codes` prints the same.',
    '',
    '| exit | name | means |',
    '|---:|---|---|',
    ...exits,
    '',
    'Where several fit, the first of 5, 3, 6, 0 is taken.',
    '',
    'With `--json`, a failed run carries one of these in `error.code`:',
    '',
    '| error | exit | means |',
    '|---|---:|---|',
    ...errors,
    '',
  ].join('\n')
}

/** By exit code, then by name. */
function codes(): ErrorCode[] {
  const all = Object.keys(ERROR_CODES) as ErrorCode[]
  return all.sort((a, b) => ERROR_CODES[a] - ERROR_CODES[b] || (a < b ? -1 : 1))
}
