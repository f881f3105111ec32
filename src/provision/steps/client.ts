import type { AdminSheet, ClientRequest } from '../../plan/okta/admin-sheet.ts'
import { askClient, clientIncomplete, type Server } from '../client.ts'
import type { Executor } from './executor.ts'
import { privateKey } from './keys.ts'

/** Okta may take a moment until every server of it knows what was entered. */
const TRIES = 2

/** Asks Okta whether sign-ins would work, and says what its admin has to enter where they would not. */
export const tryClientApp: Executor = async (inputs, cloud, context) => {
  const { request, name, kid, server, sheet } = inputs as unknown as {
    request: ClientRequest
    name: string
    kid: string
    server: Server
    sheet: AdminSheet
  }
  const key = await privateKey(name, kid, cloud)
  for (let tries = 1; ; tries++) {
    const problems = await askClient(request, server, { kid, key }, cloud)
    if (problems.length === 0) return undefined
    if (tries === TRIES) throw clientIncomplete(problems, sheet)
    context.note('Okta does not take sign-ins yet; asking again')
    await cloud.sleep(cloud.pace.probe)
  }
}
