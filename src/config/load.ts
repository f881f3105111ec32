import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { GuardError } from '../errors/guard-error.ts'
import { checkSettings, warnSettings } from './checks/index.ts'
import { explainIssues, explainProblems } from './explain.ts'
import { JsonSyntaxError, parseJson } from './json.ts'
import type { ParsedJson } from './json.ts'
import { CONFIG_VERSION, configSchema } from './schema.ts'
import type { ConfigFile } from './schema.ts'
import { toSettings } from './settings.ts'

export interface LoadedConfig {
  /** Absolute. */
  path: string
  file: ConfigFile
  /** What is allowed, and yet may not be what was meant. */
  warnings: string[]
}

/** Reads and checks the file; without `required` a file that is not there is undefined. */
export async function loadConfig(
  file: string,
  required: boolean,
): Promise<LoadedConfig | undefined> {
  const text = await read(file, required)
  return text === undefined ? undefined : { path: file, ...checkedConfig(text, file) }
}

/** Checks the text of a file; `file` is how errors name it. */
export function parseConfig(text: string, file: string): ConfigFile {
  return checkedConfig(text, file).file
}

function checkedConfig(text: string, file: string) {
  const name = path.basename(file)
  const json = parse(text, file)
  const version = (json.value as { version?: unknown } | null)?.version
  if (typeof version === 'number' && Number.isInteger(version) && version > CONFIG_VERSION) {
    throw new GuardError({
      code: 'config-version',
      message: `${name} has version ${version}; this s3-okta-guard knows version ${CONFIG_VERSION}.`,
      hint: 'Use the newer s3-okta-guard that wrote the file.',
      next: ['npx s3-okta-guard@latest --version'],
    })
  }
  const checked = configSchema.safeParse(json.value)
  if (!checked.success) throw invalid(file, explainIssues(checked.error.issues, json))
  const settings = toSettings(checked.data)
  const problems = checkSettings(settings)
  if (problems.length > 0) throw invalid(file, explainProblems(problems, json))
  const warnings = explainProblems(warnSettings(settings), json).map((line) => `${name}, ${line}`)
  return { file: checked.data, warnings }
}

async function read(file: string, required: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && !required) return undefined
    throw new GuardError({
      code: 'config-unreadable',
      message: `${file} cannot be read: ${REASONS[code ?? ''] ?? String(code)}.`,
      hint: 'Name the configuration file with --config FILE.',
      cause: error,
    })
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'part of the path is not a folder',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
}

function parse(text: string, file: string): ParsedJson {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    const { line, column } = error.position
    throw invalid(file, [`line ${line}, column ${column}: ${error.message}`])
  }
}

function invalid(file: string, problems: string[]): GuardError {
  const name = path.basename(file)
  const [only = '', ...others] = problems
  return new GuardError({
    code: 'config-invalid',
    message: others.length === 0 ? `${name}, ${only}` : `${name} has ${problems.length} mistakes:`,
    details: others.length === 0 ? [] : problems,
    hint: `Correct ${file}; nothing was called.`,
  })
}
