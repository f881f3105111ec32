import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { listFiles } from './list-files.js'

/** The first area that a file falls under decides its length. */
const AREAS = [
  { folder: 'src/edge-function', lines: 200 },
  { folder: 'src', lines: 350 },
  { folder: 'scripts', lines: 350 },
  { folder: 'bench', lines: 350 },
  { folder: 'bin', lines: 100 },
  { folder: 'test', lines: 800 },
]

/** A name that says nothing about what is inside, or who asked for it rather than what it guards. */
const EMPTY_NAMES = /^(utils?|helpers?|misc|common|shared|stuff|temp|new|old)$/
const NUMBERED_NAMES = /\b(issue|ticket|bug)-?\d+\b/
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|js|cjs)$/

// Written in pieces so that this file does not break its own rules.
const UNFINISHED = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`)
const NOT_RUN = /\b(?:test|it|describe|suite)\.(?:skip|only|todo|fails)\b/

/** Returns how many files were read, their median length, and what breaks a rule of the house. */
export async function checkHouse(root) {
  const problems = []
  const lengths = []
  const seen = new Set()
  for (const area of AREAS) {
    for (const relative of await listFiles(path.join(root, area.folder), /\.(ts|js|cjs)$/)) {
      const file = `${area.folder}/${relative}`
      if (seen.has(file)) continue
      seen.add(file)
      const text = await readFile(path.join(root, file), 'utf8')
      const lines = text.split('\n').length - 1
      if (file.startsWith('src/')) lengths.push(lines)
      if (lines > area.lines) problems.push(`${file}: ${lines} lines, at most ${area.lines}`)
      problems.push(...namesOf(file), ...wordsOf(file, text))
    }
  }
  lengths.sort((a, b) => a - b)
  return { files: seen.size, median: lengths[Math.floor(lengths.length / 2)] ?? 0, problems }
}

function* namesOf(file) {
  const base = path.posix.basename(file)
  const stem = base.split('.')[0]
  if (!KEBAB.test(base)) yield `${file}: names are lower-case-with-hyphens`
  if (file.startsWith('src/') && EMPTY_NAMES.test(stem))
    yield `${file}: the name does not say what is inside`
  if (NUMBERED_NAMES.test(base)) yield `${file}: name it for what it guards, not for a number`
}

function* wordsOf(file, text) {
  for (const [index, line] of text.split('\n').entries()) {
    if (UNFINISHED.test(line)) yield `${file}:${index + 1}: finish it or leave it out`
    if (file.startsWith('test/') && NOT_RUN.test(line)) {
      yield `${file}:${index + 1}: a test that does not run guards nothing`
    }
  }
}
