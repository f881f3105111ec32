import { access, constants, open, realpath, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { GuardError } from '../errors/guard-error.ts'
import { configSchema } from './schema.ts'
import type { ConfigFile } from './schema.ts'

/** Proves, before anything is called, that the file can be written later. */
export async function assertWritable(file: string): Promise<void> {
  try {
    const target = await resolved(file)
    const trial = temporary(target)
    await (await open(trial, 'wx')).close()
    await rm(trial)
    if (await exists(target)) await assertReplaceable(target)
  } catch (error) {
    throw unwritable(file, error)
  }
}

/** Writes the file whole or not at all. */
export async function writeConfig(file: string, config: ConfigFile): Promise<void> {
  let trial: string | undefined
  try {
    const target = await resolved(file)
    trial = temporary(target)
    const handle = await open(trial, 'wx')
    try {
      await handle.writeFile(serializeConfig(config))
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(trial, target)
  } catch (error) {
    if (trial !== undefined) await rm(trial, { force: true }).catch(() => undefined)
    throw unwritable(file, error)
  }
}

/** The text of the file: keys in the order of the schema, whatever order they come in. */
export function serializeConfig(config: ConfigFile): string {
  return `${JSON.stringify(configSchema.parse(config), undefined, 2)}\n`
}

async function assertReplaceable(target: string): Promise<void> {
  await access(target, constants.W_OK)
  if ((await stat(target)).isDirectory()) {
    throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
  }
}

function temporary(target: string): string {
  return path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`)
}

/** A link stays a link: what it points to is written. */
async function resolved(file: string): Promise<string> {
  return (await exists(file)) ? realpath(file) : file
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'its folder is not there',
  ENOTDIR: 'part of the path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'it is a folder',
}

function unwritable(file: string, error: unknown): GuardError {
  const { code = '', message } = error as NodeJS.ErrnoException
  return new GuardError({
    code: 'config-unwritable',
    message: `${file} cannot be written: ${REASONS[code] ?? message}.`,
    hint: 'Make the folder writable, or name another file with --config FILE.',
    cause: error,
  })
}
