import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseJson } from '../../config/json.ts'
import type { LoadedConfig } from '../../config/load.ts'
import { GuardError } from '../../errors/guard-error.ts'

/** Access rules come from the file alone; `allow` may come from a flag as well. */
const PLACE = /^named in (access\.[\w.[\]]+)$/

/** The same error, with the line of the file for every place of the settings that it names. */
export async function withLines(
  error: unknown,
  config: LoadedConfig | undefined,
): Promise<unknown> {
  if (!(error instanceof GuardError) || !config) return error
  if (!error.details.some((detail) => PLACE.test(detail))) return error
  const file = parseJson(await readFile(config.path, 'utf8'))
  const details = error.details.map((detail) => {
    const place = PLACE.exec(detail)?.[1]
    if (place === undefined) return detail
    const { line } = file.at(place.split(/[.[\]]+/))
    return `named in ${path.basename(config.path)}, line ${line}: ${place}`
  })
  const { code, message, hint, next, cause } = error
  return new GuardError({ code, message, details, next, cause, ...(hint && { hint }) })
}
