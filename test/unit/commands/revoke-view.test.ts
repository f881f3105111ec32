import { describe, expect, test } from 'vitest'
import { barAtOkta, effectsOf, notesOn } from '../../../src/commands/revoke/view.ts'
import type { KnownUser, OktaTokens } from '../../../src/plan/resources/okta-tokens.ts'

const APP = { appId: '0oa1', clientId: '0oa1', orgUrl: 'https://acme.okta.com' }
const CONSOLE = 'https://acme-admin.okta.com'
const ANN: KnownUser = { id: '00u1', login: 'ann@acme.com', status: 'ACTIVE' }
const OLD: KnownUser = { id: '00u2', login: 'ann.old@acme.com', status: 'DEPROVISIONED' }
const NO_OKTA: OktaTokens = { reachable: false, reason: 'no Okta credentials' }
const known = (...users: KnownUser[]): OktaTokens => ({ reachable: true, ...APP, users })
const bar = (tokens: OktaTokens, user: string | undefined = ANN.login, at?: string): string =>
  barAtOkta({ user, tokens, app: APP, console: at }).join('\n')

describe('what should come first, in Okta', () => {
  test('is a page of the admin console, or one command', () => {
    const text = bar(known(ANN), ANN.login, CONSOLE)
    expect(text).toContain('bars nobody')
    expect(text).toContain(`${CONSOLE}/admin/user/profile/view/00u1`)
    expect(text).toContain('-X POST')
    expect(text).toContain('https://acme.okta.com/api/v1/users/00u1/lifecycle/suspend')
    expect(text).toContain(`${CONSOLE}/admin/app/oidc_client/instance/0oa1/#tab-assignments`)
  })

  test('holds no token, only its variable', () => {
    expect(bar(known(ANN))).toContain('SSWS $OKTA_CLIENT_TOKEN')
  })

  test('is the way through the console where the address of the org does not tell it', () => {
    const text = bar(NO_OKTA)
    expect(text).toContain('Directory > People')
    expect(text).toContain('Assignments')
  })

  test('is nothing where everybody of that name is out already', () => {
    expect(bar(known(OLD))).toBe('ann.old@acme.com is deprovisioned in Okta: no way back in.')
  })

  test('is no suspension of somebody whom Okta does not know', () => {
    const text = bar(known())
    expect(text).toContain('bars nobody')
    expect(text).not.toMatch(/suspend|may sign in again/)
  })

  test('is said of those who are not, where one of two is out already', () => {
    const text = bar(known(OLD, ANN))
    expect(text).toContain('ann.old@acme.com is deprovisioned')
    expect(text).toContain('users/00u1/lifecycle/suspend')
    expect(text).not.toContain('users/00u2/lifecycle/suspend')
  })

  test('for everybody is the assignment of the groups, and no suspension', () => {
    const text = barAtOkta({ user: undefined, tokens: known(), app: APP, console: CONSOLE })
    expect(text.join('\n')).toContain('unassign the groups')
    expect(text.join('\n')).not.toContain('suspend')
  })
})

describe('what was not done says why', () => {
  const okta = (tokens: OktaTokens, refused: string[] = []) =>
    effectsOf({ user: ANN.login, tokens, edge: 'done', refused })[1]

  test.each([
    ['no credentials', okta(NO_OKTA), /^no Okta credentials; the edge refuses/],
    [
      'a refusal',
      okta(known(ANN), ['Okta does not allow it.']),
      /^Okta does not allow it; the edge/,
    ],
    ['nobody of that name', okta(known()), /^Okta knows nobody as ann@acme.com; the edge/],
  ])('%s', (_name, effect, why) => {
    expect(effect).toMatchObject({ effect: 'okta-refresh-tokens', done: false })
    expect(effect?.detail).toMatch(why)
  })

  test('sessions are not over before CloudFront has deployed it', () => {
    const [edge] = effectsOf({ user: ANN.login, tokens: NO_OKTA, edge: 'deploying', refused: [] })
    expect(edge).toMatchObject({ effect: 'sessions', done: false })
  })
})

describe('what the operator may not expect is said', () => {
  const plan = { steps: [], later: [], findings: [] }
  const notes = (change: object): string =>
    notesOn({
      user: ANN.login,
      tokens: known(ANN),
      revocation: { plan, at: 60, continued: false, former: undefined, left: [], ...change },
    }).join('\n')

  test('nothing where there is nothing', () => expect(notes({})).toBe(''))

  test('that a run is continued, and whom that does not meet', () => {
    expect(notes({ continued: true, former: 0 })).toMatch(
      /began after 1970-01-01T00:00:00\.000Z go on\. Run it once more/,
    )
  })

  test('that it is a new one', () => {
    expect(notes({ former: 30 })).toMatch(/^Revoked before, at 1970-01-01T00:00:30/)
  })

  test('what has drifted and stays so', () => {
    const left = [{ resource: 'IAM role s3-okta-guard-E1' }]
    expect(notes({ left })).toContain('Left to apply')
    expect(notes({ left })).toContain('IAM role s3-okta-guard-E1')
  })
})
