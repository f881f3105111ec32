import { stripVTControlCharacters } from 'node:util'

/** Below this, breaking lines helps nobody; above, they are hard to read. */
const NARROWEST = 40
const WIDEST = 120

/** Columns that a text takes; colors take none. */
export function width(text: string): number {
  return stripVTControlCharacters(text).length
}

/** A line broken at spaces, what follows indented under it; a command stays in one piece, to be copied. */
export function wrapLine(line: string, columns: number): string[] {
  const most = Math.min(columns, WIDEST)
  if (columns < NARROWEST || line.includes('\n') || width(line) <= columns) return [line]
  const hanging = ' '.repeat(hangingOf(line, most))
  const lines: string[] = []
  let last = ''
  for (const piece of pieces(line)) {
    if (last.trim() === '' || width(last) + width(piece) <= most) last += piece
    else {
      lines.push(last.trimEnd())
      last = hanging + piece.trimStart()
    }
  }
  return [...lines, last]
}

/** At spaces; what is longer than a line stays whole. */
export function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ').filter((one) => one !== '')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < columns) {
      lines[lines.length - 1] = `${last} ${word}`
    } else lines.push(word)
  }
  return lines
}

/** Under the last column of a table row, else a little to the right. */
function hangingOf(line: string, columns: number): number {
  const plain = stripVTControlCharacters(line)
  const indent = plain.length - plain.trimStart().length
  const column = /^.*\S {2,}(?=\S)/.exec(plain)?.[0].length ?? 0
  return column > 0 && column <= columns / 2 ? column : indent + 2
}

const COMMAND = /(?:^|(?<=[:→$] ))(?:npx s3-okta-guard|s3-okta-guard|aws|curl) \S.*$/

/** Words with the blanks before them, and at the end a command as one piece. */
function pieces(line: string): string[] {
  const command = COMMAND.exec(stripVTControlCharacters(line).trimStart())?.[0] ?? ''
  const rest = command !== '' && line.endsWith(command) ? line.slice(0, -command.length) : line
  const words = rest.match(/ *\S+/g) ?? []
  if (rest === line) return words
  const blanks = rest.slice(rest.trimEnd().length)
  return [...words, blanks + command]
}
