import type { Settings } from '../access/settings.ts'
import { GuardError } from '../errors/guard-error.ts'
import type { Before, Manifest } from '../plan/manifest.ts'
import { APP_LABEL, appLabel, namesOf } from '../plan/names.ts'
import { MANAGED_BY, type Observed, type OktaApp, type OktaObserved } from '../plan/observed.ts'
import { chunkNames, decodeDocument } from './documents.ts'
import type { Cloud } from './cloud.ts'

/** To give everything back, less needs to be known, and less can stand in the way. */
export type Purpose = 'install' | 'teardown'

/**
 * Everything at once, in at most three rounds: what has a fixed name, then what those answers name.
 * Nothing is decrypted. `wanted` is what the operator asked for; without it the installed settings count.
 */
export async function observe(
  distribution: string,
  cloud: Cloud,
  purpose: Purpose,
  wanted?: Settings,
): Promise<Observed> {
  const names = namesOf(distribution)
  const { aws } = cloud
  const [identity, found, role, lambda, parameters, documents] = await Promise.all([
    aws.sts.identity(),
    aws.cloudfront.getDistribution(distribution),
    aws.iam.getRole(names.role),
    aws.lambda.getFunction(names.function),
    aws.ssm.describe(names.path),
    readDocuments(distribution, cloud),
  ])
  const settings = wanted ?? documents.settings
  return {
    identity,
    distribution: found,
    role,
    lambda,
    parameters,
    ...documents,
    okta: await observeOkta(distribution, cloud, settings, documents.manifest, purpose),
  }
}

/** What is installed, as the documents in SSM say; the cheapest look there is. */
export interface Documents {
  manifest: Manifest | undefined
  settings: Settings | undefined
  before: Before | undefined
  versionArn: string | undefined
}

export async function readDocuments(
  distribution: string,
  cloud: Pick<Cloud, 'aws'>,
): Promise<Documents> {
  try {
    return await readOnce(distribution, cloud)
  } catch (error) {
    // A run that holds the lock may have replaced a document between its head and its further chunks.
    if (error instanceof GuardError && error.code === 'manifest-invalid') {
      return readOnce(distribution, cloud)
    }
    throw error
  }
}

async function readOnce(distribution: string, cloud: Pick<Cloud, 'aws'>): Promise<Documents> {
  const names = namesOf(distribution)
  const heads = await cloud.aws.ssm.get([
    names.manifest,
    names.settings,
    names.before,
    names.versionArn,
  ])
  const headOf = (name: string): string | undefined => heads[name]?.value
  const wanted = [names.manifest, names.settings, names.before].flatMap((name) => {
    const head = headOf(name)
    return head === undefined ? [] : chunkNames(name, head)
  })
  const found = wanted.length > 0 ? await cloud.aws.ssm.get(wanted) : {}
  const chunks = Object.fromEntries(Object.entries(found).map(([name, { value }]) => [name, value]))
  const read = (name: string): unknown => {
    const head = headOf(name)
    return head === undefined ? undefined : decodeDocument(name, head, chunks)
  }
  return {
    manifest: versionOne(names.manifest, read(names.manifest)) as Manifest | undefined,
    settings: versionOne(names.settings, read(names.settings)) as Settings | undefined,
    before: versionOne(names.before, read(names.before)) as Before | undefined,
    versionArn: headOf(names.versionArn),
  }
}

/** An older tool must not touch what a newer one wrote. */
function versionOne(name: string, document: unknown): unknown {
  if (document === undefined) return undefined
  const { version } = document as { version?: unknown }
  if (version === 1) return document
  throw new GuardError({
    code: 'manifest-newer',
    message: `SSM parameter ${name} was written by a newer version of s3-okta-guard (format ${String(version)}).`,
    hint: 'Use that version or a later one.',
    next: ['npx s3-okta-guard@latest status'],
  })
}

async function observeOkta(
  distribution: string,
  cloud: Cloud,
  settings: Settings | undefined,
  manifest: Manifest | undefined,
  purpose: Purpose,
): Promise<OktaObserved> {
  const { okta, web } = cloud
  if (!okta) return { checked: false, reason: 'no Okta credentials' }
  const orgUrl = settings?.okta.orgUrl ?? manifest?.okta?.orgUrl
  const label = settings?.hosts[0] === undefined ? undefined : appLabel(settings.hosts[0])
  const { app, foreignApp } = await findApp(distribution, okta, label, manifest?.okta?.appId)
  if (purpose === 'teardown') {
    const nothing = { assigned: [], wanted: [], unclear: [], metadata: undefined }
    return { checked: true, app, foreignApp, ...nothing }
  }
  if (orgUrl === undefined) return { checked: false, reason: 'no Okta org is known' }
  const [assigned, groups, metadata] = await Promise.all([
    app ? okta.assignedGroups(app.id) : [],
    settings ? wantedGroups(settings, okta) : { wanted: [], unclear: [] },
    web.metadata({
      orgUrl,
      authorizationServer: settings?.okta.authorizationServer ?? 'org',
      ...(app ? { clientId: app.clientId } : {}),
    }),
  ])
  return { checked: true, app, foreignApp, assigned, ...groups, metadata }
}

/** By the ownership in its profile: a run that died left no id, and the host may be another one now. */
async function findApp(
  distribution: string,
  okta: NonNullable<Cloud['okta']>,
  label: string | undefined,
  id: string | undefined,
): Promise<{ app: OktaApp | undefined; foreignApp: OktaApp | undefined }> {
  const [known, labelled] = await Promise.all([
    id === undefined ? undefined : okta.getApp(id),
    okta.findAppsByLabel(APP_LABEL),
  ])
  const ours = [known, ...labelled].find(
    (app) => app?.profile.managedBy === MANAGED_BY && app.profile.distribution === distribution,
  )
  return {
    app: ours,
    foreignApp: labelled.find((app) => app.label === label && app.id !== ours?.id),
  }
}

/** By exact name; no or two groups of a name are for the plan to refuse. */
async function wantedGroups(
  settings: Settings,
  okta: NonNullable<Cloud['okta']>,
): Promise<Pick<Extract<OktaObserved, { checked: true }>, 'wanted' | 'unclear'>> {
  if ('everyone' in settings.allow) {
    const everyone = await okta.everyone()
    return everyone
      ? { wanted: [everyone], unclear: [] }
      : { wanted: [], unclear: [{ name: 'Everyone', fits: [] }] }
  }
  const found = await Promise.all(
    settings.allow.groups.map(async (name) => ({ name, fits: await okta.findGroups(name) })),
  )
  return {
    wanted: found.flatMap(({ fits }) => (fits.length === 1 ? fits : [])),
    unclear: found.filter(({ fits }) => fits.length !== 1),
  }
}
