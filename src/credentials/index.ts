import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { text } from 'node:stream/consumers'
import { findOkta } from './okta.ts'
import type { FoundOkta, OktaRequest } from './okta.ts'

/** Okta credentials from where this process finds them. */
export function findOktaCredentials(request: OktaRequest): Promise<FoundOkta> {
  return findOkta(request, {
    env: process.env,
    homedir: homedir(),
    readFile: (path) => readFile(path, 'utf8').catch(() => undefined),
    readStdin: () => text(process.stdin),
    fileMode: async (path) =>
      process.platform === 'win32' ? undefined : (await stat(path).catch(() => undefined))?.mode,
  })
}
