import type { Settings } from '../access/settings.ts'
import { namedGroups } from '../plan/access.ts'
import { APP_LABEL, appLabel } from '../plan/names.ts'
import { MANAGED_BY, type OktaApp, type OktaObserved } from '../plan/observed.ts'
import type { OktaAdmin } from '../okta/types.ts'
import type { Cloud } from './cloud.ts'
import { ADMINS, observeClient } from './observe-client.ts'
import type { Documents } from '../plan/examined.ts'

/** To give everything back, less needs to be known, and less can stand in the way. */
export type Purpose = 'install' | 'teardown'

/**
 * Okta's side. The apps are listed while SSM is still being read; what the documents name comes after.
 * Credentials go to the org that they were given for and to no other, whatever the documents say.
 */
export async function observeOkta(
  distribution: string,
  { okta, web }: Pick<Cloud, 'okta' | 'web'>,
  purpose: Purpose,
  installed: Promise<Documents>,
  wanted: Settings | undefined,
): Promise<OktaObserved> {
  const listed = okta?.findAppsByLabel(APP_LABEL)
  // Of no use, and no reason to stop, where the app turns out to be its admin's.
  listed?.catch(() => undefined)
  const { manifest, settings } = await installed
  const aim = wanted ?? settings
  if (aim?.okta.client) {
    if (purpose === 'teardown') return { checked: false, reason: ADMINS }
    return observeClient(aim, aim.okta.client, manifest, { web })
  }
  if (!okta || !listed) return { checked: false, reason: 'no Okta credentials' }
  const labelled = await listed
  const orgUrl = aim?.okta.orgUrl ?? manifest?.okta?.orgUrl
  if (orgUrl !== undefined && orgUrl !== okta.orgUrl) {
    return { checked: false, reason: `these credentials are for ${okta.orgUrl}, not ${orgUrl}` }
  }
  const app = await ourApp(distribution, okta, labelled, manifest?.okta?.appId)
  const label = aim?.hosts[0] === undefined ? undefined : appLabel(aim.hosts[0])
  const foreignApp = labelled.find((one) => one.label === label && one.id !== app?.id)
  if (purpose === 'teardown') {
    const nothing = { assigned: [], wanted: [], unclear: [], metadata: undefined }
    return { checked: true, app, foreignApp, ...nothing }
  }
  const [assigned, groups, metadata] = await Promise.all([
    app ? okta.assignedGroups(app.id) : [],
    aim ? wantedGroups(aim, okta) : { wanted: [], unclear: [] },
    web.metadata({
      orgUrl: okta.orgUrl,
      authorizationServer: aim?.okta.authorizationServer ?? 'org',
      ...(app ? { clientId: app.clientId } : {}),
    }),
  ])
  return { checked: true, app, foreignApp, assigned, ...groups, metadata }
}

/** By the ownership in its profile: a run that died left no id, and the host or the label may be others now. */
async function ourApp(
  distribution: string,
  okta: OktaAdmin,
  labelled: OktaApp[],
  id: string | undefined,
): Promise<OktaApp | undefined> {
  const isOurs = (app: OktaApp | undefined): boolean =>
    app?.profile.managedBy === MANAGED_BY && app.profile.distribution === distribution
  const found = labelled.find(isOurs)
  if (found || id === undefined) return found
  const known = await okta.getApp(id)
  return isOurs(known) ? known : undefined
}

type Groups = Pick<Extract<OktaObserved, { checked: true }>, 'wanted' | 'unclear'>

/** By exact name, each once; no or two groups of a name are for the plan to refuse. */
async function wantedGroups(settings: Settings, okta: OktaAdmin): Promise<Groups> {
  const [allowed, named] = await Promise.all([
    allowedGroups(settings, okta),
    Promise.all(
      [...namedGroups(settings)].map(async ([name, where]) => ({
        name,
        fits: await okta.findGroups(name),
        where,
      })),
    ),
  ])
  const names = 'groups' in settings.allow ? settings.allow.groups : []
  const wanted = named.filter(({ name }) => names.includes(name))
  return {
    wanted: [...allowed.wanted, ...wanted.flatMap(({ fits }) => (fits.length === 1 ? fits : []))],
    unclear: [...allowed.unclear, ...named.filter(({ fits }) => fits.length !== 1)],
  }
}

async function allowedGroups({ allow }: Settings, okta: OktaAdmin): Promise<Groups> {
  if (!('everyone' in allow)) return { wanted: [], unclear: [] }
  const everyone = await okta.everyone()
  return everyone
    ? { wanted: [everyone], unclear: [] }
    : { wanted: [], unclear: [{ name: 'Everyone', fits: [], where: ['allow.everyone'] }] }
}
