import type { InstalledApp } from '../../plan/manifest.ts'
import type { KnownUser, OktaTokens } from '../../plan/resources/okta-tokens.ts'
import type { PlannedRevocation } from '../../plan/revocations.ts'
import type { RevokeData } from '../../ui/schemas/data.ts'
import type { View } from '../program/context.ts'

type Effect = RevokeData['effects'][number]

interface BarInput {
  /** undefined: everybody. */
  user: string | undefined
  tokens: OktaTokens
  app: InstalledApp | undefined
  /** Of the org, where its address tells. */
  console: string | undefined
}

/** What should come first, as revoking bars nobody: the step in Okta, with its place or command. */
export function barAtOkta(input: BarInput): string[] {
  const { user, tokens } = input
  const unassign = `unassign ${user === undefined ? 'the groups' : 'them'} from the app: ${appPage(input)}`
  if (user === undefined) {
    return [
      'This ends sessions and bars nobody: whoever may sign in, may do so again at once.',
      `To keep people out, first ${unassign}`,
    ]
  }
  const known = tokens.reachable ? tokens.users : []
  const active = known.filter(({ status }) => !isBarred(status))
  const barred = known
    .filter(({ status }) => isBarred(status))
    .map(({ login, status }) => `${login} is ${status.toLowerCase()} in Okta: no way back in.`)
  if (known.length > 0 && active.length === 0) return barred
  if (tokens.reachable && known.length === 0) return [UNKNOWN]
  return [
    ...barred,
    `This ends sessions and bars nobody: ${user} may sign in again at once.`,
    ...(active.length > 0 ? active.flatMap((one) => suspend(one, input)) : [suspendUnknown(input)]),
    `Or ${unassign}`,
  ]
}

/** Who cannot be found there cannot be suspended either. */
const UNKNOWN = 'This ends sessions and bars nobody: whom Okta lets sign in has a new one at once.'

function isBarred(status: string): boolean {
  return status === 'SUSPENDED' || status === 'DEPROVISIONED'
}

function suspend({ id, login }: KnownUser, { app, console: at }: BarInput): string[] {
  const place = at ? `${at}/admin/user/profile/view/${id}` : 'Directory > People in the console'
  return [
    `To keep them out, first suspend ${login}: ${place}, More Actions > Suspend,`,
    `  or: curl -X POST -H "Authorization: SSWS $OKTA_CLIENT_TOKEN" ${app?.orgUrl ?? ''}/api/v1/users/${id}/lifecycle/suspend`,
  ]
}

function suspendUnknown({ console: at }: BarInput): string {
  const place = at ? `${at}/admin/users` : 'Directory > People in the Okta console'
  return `To keep them out, first suspend them: ${place}, the person, More Actions > Suspend.`
}

function appPage({ app, console: at }: BarInput): string {
  if (!at || !app) return 'Applications > the app > Assignments in the Okta console'
  return `${at}/admin/app/oidc_client/instance/${app.appId}/#tab-assignments`
}

interface NotesInput {
  user: string | undefined
  tokens: OktaTokens
  revocation: PlannedRevocation
}

/** What the operator may not expect. */
export function notesOn({ user, tokens, revocation }: NotesInput): string[] {
  const { continued, former, left } = revocation
  const notes: string[] = []
  if (continued) {
    notes.push(
      `This continues a run that did not finish: sessions that began after ${clock(former)} go on. Run it once more when this is done to end those too.`,
    )
  } else if (former !== undefined) {
    notes.push(`Revoked before, at ${clock(former)}; this is a new revocation, with a new time.`)
  }
  if (user !== undefined) notes.push(...notesOnName(user, tokens))
  if (left.length > 0) {
    notes.push(
      `Left to apply, as it has drifted and revoking does not need it: ${left.map(({ resource }) => resource).join(', ')}.`,
    )
  }
  return notes
}

/** An e-mail address is how the person was called when the session began; the `sub` is who they are. */
function notesOnName(user: string, tokens: OktaTokens): string[] {
  if (!tokens.reachable) {
    const other = user.includes('@')
      ? 'a session under another address of the same person is not met'
      : 'only sessions of exactly this Okta user id are met'
    return [`Okta was not asked (${sentence(tokens.reason)}): ${other}.`]
  }
  if (tokens.users.length > 0) return []
  return [
    `Okta knows nobody as ${user}: only sessions that carry exactly this are met. Is it spelled right?`,
  ]
}

interface EffectsInput {
  user: string | undefined
  tokens: OktaTokens
  edge: 'done' | 'deploying' | 'dry-run'
  /** What Okta did not do, and why. */
  refused: string[]
}

/** One line each, done or not done and why. */
export function effectsOf(input: EffectsInput): Effect[] {
  return [edgeEffect(input), oktaEffect(input), signInEffect(input)]
}

function edgeEffect({ edge }: EffectsInput): Effect {
  const details = {
    done: 'refused at every edge, by the next request and at refresh',
    deploying: 'CloudFront is still bringing it to the edges; run again to wait for it',
    'dry-run': 'dry run',
  }
  return { effect: 'sessions', done: edge === 'done', detail: details[edge] }
}

const ANYWAY = 'the edge refuses the refresh anyway, and revokes the token when it is shown'

function oktaEffect({ user, tokens, edge, refused }: EffectsInput): Effect {
  const effect = 'okta-refresh-tokens'
  if (!tokens.reachable) {
    return { effect, done: false, detail: `${sentence(tokens.reason)}; ${ANYWAY}` }
  }
  if (edge === 'dry-run') return { effect, done: false, detail: 'dry run' }
  if (refused.length > 0) {
    return { effect, done: false, detail: `${refused.map(sentence).join('; ')}; ${ANYWAY}` }
  }
  if (user === undefined) return { effect, done: true, detail: 'all of this app' }
  if (tokens.users.length === 0) {
    return { effect, done: false, detail: `Okta knows nobody as ${user}; ${ANYWAY}` }
  }
  const logins = tokens.users.map(({ login }) => login).join(', ')
  return { effect, done: true, detail: `those of ${logins} for this app, and no others` }
}

function signInEffect({ user, tokens }: EffectsInput): Effect {
  const known = user !== undefined && tokens.reachable ? tokens.users : []
  const isOut = known.length > 0 && known.every(({ status }) => isBarred(status))
  const detail = isOut
    ? 'barred in Okta already'
    : 'not barred: that is for Okta to do (suspend, or unassign)'
  return { effect: 'sign-in', done: false, detail }
}

const LABELS: Record<Effect['effect'], string> = {
  sessions: 'Sessions at the edge',
  'okta-refresh-tokens': 'Refresh tokens at Okta',
  'sign-in': 'Signing in again',
}

export function renderRevocation(view: View, data: RevokeData): void {
  const whose = data.who === 'everyone' ? 'everybody' : data.who
  if (data.dryRun) view.line('Dry run: nothing was changed.')
  else if (data.heldSince === null) view.line('Attached; CloudFront is still deploying it.')
  else view.line(`Done. Every session of ${whose} that began until ${data.startedUntil} is over.`)
  view.table(
    data.effects.map(({ effect, done, detail }) => [
      ` ${done ? '✓' : '-'}`,
      LABELS[effect],
      done ? 'done' : 'not done',
      detail,
    ]),
  )
  if (data.heldSince !== null) view.line(`It holds at every edge since ${data.heldSince}.`)
  view.line()
  view.next(data.next)
}

function sentence(text: string): string {
  return text.replace(/\.$/, '')
}

function clock(seconds: number | undefined): string {
  return new Date((seconds ?? 0) * 1000).toISOString()
}
