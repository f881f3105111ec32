import type { Settings } from '../access/settings.ts'
import { GuardError } from '../errors/guard-error.ts'
import type { Before, Manifest } from '../plan/manifest.ts'
import { appLabel, namesOf } from '../plan/names.ts'
import { MANAGED_BY, type Observed, type OktaApp, type OktaObserved } from '../plan/observed.ts'
import { chunkNames, decodeDocument } from './documents.ts'
import type { Cloud } from './cloud.ts'

/**
 * Everything at once, in at most three rounds: what has a fixed name, then what those answers name.
 * Nothing is decrypted. `wanted` is what the operator asked for; without it the installed settings count.
 */
export async function observe(
  distribution: string,
  cloud: Cloud,
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
    okta: await observeOkta(distribution, cloud, settings, documents.manifest),
  }
}

interface Documents {
  manifest: Manifest | undefined
  settings: Settings | undefined
  before: Before | undefined
  versionArn: string | undefined
}

async function readDocuments(distribution: string, cloud: Cloud): Promise<Documents> {
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
): Promise<OktaObserved> {
  const { okta, web } = cloud
  if (!okta) return { checked: false, reason: 'no Okta credentials' }
  const orgUrl = settings?.okta.orgUrl ?? manifest?.okta?.orgUrl
  if (orgUrl === undefined) return { checked: false, reason: 'no Okta org is known' }
  const label = settings?.hosts[0] === undefined ? undefined : appLabel(settings.hosts[0])
  const { app, foreignApp } = await findApp(distribution, okta, label, manifest?.okta?.appId)
  const [assigned, wanted, metadata] = await Promise.all([
    app ? okta.assignedGroups(app.id) : [],
    settings ? wantedGroups(settings, okta) : [],
    web.metadata({
      orgUrl,
      authorizationServer: settings?.okta.authorizationServer ?? 'org',
      ...(app ? { clientId: app.clientId } : {}),
    }),
  ])
  return { checked: true, app, foreignApp, assigned, wanted, metadata }
}

async function findApp(
  distribution: string,
  okta: NonNullable<Cloud['okta']>,
  label: string | undefined,
  id: string | undefined,
): Promise<{ app: OktaApp | undefined; foreignApp: OktaApp | undefined }> {
  const [known, labelled] = await Promise.all([
    id === undefined ? undefined : okta.getApp(id),
    label === undefined ? [] : okta.findAppsByLabel(label),
  ])
  const ours = [known, ...labelled].find(
    (app) => app?.profile.managedBy === MANAGED_BY && app.profile.distribution === distribution,
  )
  return { app: ours, foreignApp: labelled.find((app) => app.id !== ours?.id) }
}

/** By exact name; no or two groups of a name are the operator's to sort out. */
async function wantedGroups(settings: Settings, okta: NonNullable<Cloud['okta']>) {
  if ('everyone' in settings.allow) {
    const everyone = await okta.everyone()
    if (everyone) return [everyone]
    throw new GuardError({
      code: 'okta-group-not-found',
      message: `These Okta credentials do not see the group Everyone.`,
      hint: 'A group administrator does not see it: use an application administrator, or name groups with --group.',
    })
  }
  return Promise.all(settings.allow.groups.map((name) => oneGroup(name, okta)))
}

async function oneGroup(name: string, okta: NonNullable<Cloud['okta']>) {
  const found = await okta.findGroups(name)
  const [group, second] = found
  if (!group) {
    throw new GuardError({
      code: 'okta-group-not-found',
      message: `${okta.orgUrl} has no group named "${name}".`,
      hint: 'Names count to the letter; look it up under Directory > Groups in the Okta console.',
    })
  }
  if (second) {
    throw new GuardError({
      code: 'okta-group-ambiguous',
      message: `${okta.orgUrl} has ${found.length} groups named "${name}".`,
      details: found.map(({ id, type }) => `${id} (${type})`),
      hint: 'Rename one of them in Okta, or use another group.',
    })
  }
  return group
}
