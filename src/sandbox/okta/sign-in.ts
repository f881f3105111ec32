import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import { readBody } from '../listen.ts'
import { errorPage, loginPage } from './pages.ts'
import { appByClientId, type OktaStore, type User } from './store.ts'

function authenticate(store: OktaStore, login: string, password: string): User | undefined {
  const wanted = login.trim().toLowerCase()
  const user = [...store.users.values()].find(
    (one) => one.login.toLowerCase() === wanted || one.email.toLowerCase() === wanted,
  )
  return user?.status === 'ACTIVE' && user.password === password ? user : undefined
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
  })
  response.end(html)
}

/**
 * Somebody else signs in on this browser: the earlier session ends. The library would ask in a page
 * of its own that needs script.
 */
async function forgetOther(
  provider: Provider,
  details: Awaited<ReturnType<Provider['interactionDetails']>>,
  userId: string,
): Promise<void> {
  const { session } = details
  if (session === undefined || session.accountId === userId) return
  await (await provider.Session.findByUid(session.uid))?.destroy()
  delete details.session
  await details.save(details.exp - Math.floor(Date.now() / 1000))
}

/** The form under `/signin/{uid}`: GET shows it, POST tries the password. */
export function createSignIn(provider: Provider, store: OktaStore) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const details = await provider.interactionDetails(request, response).catch(() => undefined)
    if (details === undefined) {
      send(response, 400, errorPage('session_expired', 'Your session has expired. Start again.'))
      return
    }
    const hint = details.params['login_hint']
    const form = {
      action: request.url ?? '',
      appLabel: appByClientId(store, String(details.params['client_id']))?.label ?? 'an app',
      username: typeof hint === 'string' ? hint : '',
      failed: false,
    }
    if (request.method !== 'POST') {
      send(response, 200, loginPage(form))
      return
    }
    const fields = new URLSearchParams((await readBody(request)).toString('utf8'))
    const username = fields.get('username') ?? ''
    const user = authenticate(store, username, fields.get('password') ?? '')
    if (user === undefined) {
      send(response, 401, loginPage({ ...form, username, failed: true }))
      return
    }
    await forgetOther(provider, details, user.id)
    await provider.interactionFinished(
      request,
      response,
      { login: { accountId: user.id, amr: ['pwd'], remember: true } },
      { mergeWithLastSubmission: false },
    )
  }
}
