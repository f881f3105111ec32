import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { cli, temporaryFolder } from '../helpers/cli.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** A folder of its own, with `completion.SHELL` and something to complete paths with. */
export async function folderFor(shell: Shell): Promise<string> {
  const { stdout } = await cli(['completion', shell])
  const folder = await temporaryFolder()
  await writeFile(path.join(folder, `completion.${shell}`), stdout)
  await mkdir(path.join(folder, 'a site'))
  await writeFile(path.join(folder, 'reports site.json'), '')
  return folder
}

/** What the shell offers at the end of each line, sorted; a value that is glued to its flag without the flag. */
export async function offered(shell: Shell, lines: string[]): Promise<string[][]> {
  const folder = await folderFor(shell)
  const answers = ASK[shell](folder, lines)
  if (answers.length !== lines.length) throw new Error(`${answers.length} of ${lines.length}`)
  return answers.map((words) =>
    [...new Set(words.map((word) => plain(word)))].filter((word) => word !== '').sort(),
  )
}

const ASK: Record<Shell, (folder: string, lines: string[]) => string[][]> = {
  bash: askBash,
  zsh: askZsh,
  fish: askFish,
}

/** zsh escapes a path as it would stand in the line, fish ends a folder with a slash. */
function plain(word: string): string {
  return word
    .trim()
    .replaceAll('\\ ', ' ')
    .replace(/^--[\w-]+=|\/$/g, '')
}

/** With words as readline splits them: at spaces, and around `=`. */
function askBash(folder: string, lines: string[]): string[][] {
  const asked = lines.map((line) => {
    const words = line.split(/ |(?==)|(?<==)/).map(quoted)
    return `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _s3_okta_guard; printf '%s\\n' "\${COMPREPLY[@]}" END`
  })
  const script = ['source completion.bash', ...asked].join('\n')
  return blocks(execFileSync('bash', ['--norc', '-c', script], { ...AS_TEXT, cwd: folder }))
}

function askFish(folder: string, lines: string[]): string[][] {
  const asked = lines.map((line) => `complete -C ${quoted(line)} | string split -f1 \\t; echo END`)
  const script = ['source completion.fish', ...asked].join('\n')
  const home = path.join(folder, '.home')
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home }
  return blocks(
    execFileSync('fish', ['--no-config', '-c', script], { ...AS_TEXT, cwd: folder, env }),
  )
}

/** Its completion lives in the line editor alone, so a zsh in a terminal of a zsh is typed at. */
function askZsh(folder: string, lines: string[]): string[][] {
  const driver = path.join(import.meta.dirname, 'ask.zsh')
  const args = ['-f', driver, 'completion.zsh', ...lines]
  const env = { ...process.env, HOME: folder, ZDOTDIR: folder, TERM: 'dumb' }
  return blocks(execFileSync('zsh', args, { ...AS_TEXT, cwd: folder, env }))
}

const AS_TEXT = { encoding: 'utf8', timeout: 60_000 } as const

function quoted(word: string): string {
  return `'${word}'`
}

function blocks(out: string): string[][] {
  return out
    .split('END\n')
    .slice(0, -1)
    .map((block) => block.split('\n').slice(0, -1))
}
