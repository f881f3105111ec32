import { originOf, type Settings } from '../../access/settings.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { foreignViewerFunctions, guardRoutePatterns, isGuarded } from '../distribution/behaviors.ts'
import { refuseOtherApp } from './other-app.ts'
import { appLabel, functionArn, namesOf } from '../names.ts'
import type { Distribution, Tags } from '../distribution/distribution.ts'
import { OWNER_TAG, type Observed } from '../observed.ts'

/** Throws the first reason why nothing may be done here. Pure: reads only what was observed. */
export function refuseUnlessPossible(settings: Settings, observed: Observed): void {
  refuseOtherAccount(observed)
  const distribution = refuseDistribution(settings.distribution, observed)
  refuseHosts(settings, distribution)
  refuseBehaviors(settings, distribution)
  refuseForeignFunctions(settings, distribution, observed)
  refuseForeignOwners(settings, observed)
  refuseUnclearGroups(settings, observed)
  refuseOtherApp(settings, observed)
}

/** Every reason at once, for a look that ends with none of them. */
export function refusalsOf(settings: Settings, observed: Observed): GuardError[] {
  const { distribution } = observed
  return collect([
    () => refuseOtherAccount(observed),
    () => refuseDistribution(settings.distribution, observed),
    () => distribution && refuseHosts(settings, distribution),
    () => distribution && refuseBehaviors(settings, distribution),
    () => distribution && refuseForeignFunctions(settings, distribution, observed),
    () => refuseForeignOwners(settings, observed),
    () => refuseUnclearGroups(settings, observed),
    () => refuseOtherApp(settings, observed),
  ])
}

/** The same as far as it needs no settings. */
export function refusalsWithoutSettings(id: string, observed: Observed): GuardError[] {
  return collect([() => refuseOtherAccount(observed), () => refuseDistribution(id, observed)])
}

function collect(checks: (() => unknown)[]): GuardError[] {
  return checks.flatMap((check) => {
    try {
      check()
      return []
    } catch (error) {
      if (error instanceof GuardError) return [error]
      throw error
    }
  })
}

export function refuseDistribution(
  id: string,
  observed: Pick<Observed, 'identity' | 'distribution'>,
): Distribution {
  const { partition, account } = observed.identity
  if (partition !== 'aws') {
    throw new GuardError({
      code: 'partition-unsupported',
      message: `These credentials belong to the AWS partition ${partition}, where Lambda@Edge does not exist.`,
      hint: 'Use credentials of a commercial AWS account.',
    })
  }
  const distribution = observed.distribution
  if (!distribution) {
    throw new GuardError({
      code: 'distribution-not-found',
      message: `There is no distribution ${id} in AWS account ${account}.`,
      hint: 'Check the id, and that the credentials are those of the account that owns it.',
      next: [
        'aws cloudfront list-distributions --query "DistributionList.Items[].[Id,DomainName]"',
      ],
    })
  }
  const unsupported = unsupportedKind(distribution)
  if (unsupported) {
    throw new GuardError({
      code: 'distribution-unsupported',
      message: `Distribution ${id} ${unsupported.is}.`,
      hint: unsupported.hint,
    })
  }
  return distribution
}

function unsupportedKind(distribution: Distribution): { is: string; hint: string } | undefined {
  if (distribution.multiTenant) {
    return {
      is: 'is a multi-tenant distribution, whose tenants share one configuration',
      hint: 'Use a standard distribution for the site.',
    }
  }
  if (distribution.staging) {
    return {
      is: 'is a staging distribution of a continuous deployment',
      hint: 'Name the primary distribution.',
    }
  }
  if (!distribution.enabled) {
    return { is: 'is disabled', hint: 'Enable it in CloudFront first, then run this again.' }
  }
  return undefined
}

export function refuseOtherAccount(observed: Pick<Observed, 'manifest' | 'identity'>): void {
  const { manifest, identity } = observed
  if (manifest && manifest.account !== identity.account) {
    throw new GuardError({
      code: 'aws-account',
      message: `The guard was installed from AWS account ${manifest.account}; these credentials are of ${identity.account}.`,
      hint: 'Use a profile of the account that installed it.',
    })
  }
}

function refuseHosts(settings: Settings, distribution: Distribution): void {
  if (settings.hosts.length === 0) {
    throw new GuardError({
      code: 'host-needed',
      message: 'No host name is known for the site.',
      hint: 'Name it with --host.',
      next: [`s3-okta-guard init --distribution ${distribution.id} --host reports.example.com`],
    })
  }
  for (const host of settings.hosts) {
    const name = new URL(originOf(host)).host
    if (!servedNames(distribution).some((served) => hostServed(served, name))) {
      throw new GuardError({
        code: 'host-not-served',
        message: `Distribution ${distribution.id} does not serve ${name}.`,
        hint: `It serves ${servedNames(distribution).join(', ')}. Add the alias in CloudFront first, or name another --host.`,
      })
    }
  }
}

export function servedNames(distribution: Distribution): string[] {
  return [...distribution.aliases, distribution.domainName]
}

/** `*.example.com` serves `a.example.com`, and not `a.b.example.com`. */
function hostServed(served: string, name: string): boolean {
  if (!served.startsWith('*.')) return served.toLowerCase() === name.toLowerCase()
  const [, ...rest] = name.split('.')
  return rest.join('.').toLowerCase() === served.slice(2).toLowerCase()
}

function refuseBehaviors(settings: Settings, distribution: Distribution): void {
  if (settings.behaviors === 'all') return
  const known = distribution.behaviors.map(({ pattern }) => pattern)
  const unknown = settings.behaviors.filter((pattern) => !known.includes(pattern))
  if (unknown.length > 0) {
    throw new GuardError({
      code: 'behavior-unknown',
      message: `Distribution ${distribution.id} has no cache behavior ${unknown.join(', ')}.`,
      hint: `It has ${known.join(', ')}.`,
    })
  }
  const missed = guardRoutePatterns(distribution.behaviors).filter(
    (pattern) => !isGuarded(settings, pattern),
  )
  if (missed.length > 0) {
    throw new GuardError({
      code: 'behaviors-miss-guard',
      message: `The chosen cache behaviors leave out ${missed.join(', ')}, which serves /_guard/…: nobody could sign in.`,
      hint: 'Add it to the chosen ones.',
      next: [
        [
          `s3-okta-guard init --distribution ${distribution.id}`,
          ...[...settings.behaviors, ...missed].map((one) => `--behavior ${shellWord(one)}`),
        ].join(' '),
      ],
    })
  }
}

function shellWord(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word}'`
}

function refuseForeignFunctions(
  settings: Settings,
  distribution: Distribution,
  observed: Observed,
): void {
  const ours = functionArn(observed.identity.account, distribution.id)
  const clashes = distribution.behaviors
    .filter(({ pattern }) => isGuarded(settings, pattern))
    .flatMap((behavior) =>
      foreignViewerFunctions(behavior, ours).map((arn) => `behavior ${behavior.pattern}: ${arn}`),
    )
  if (clashes.length === 0) return
  throw new GuardError({
    code: 'foreign-function',
    message:
      'A cache behavior already has a viewer function of another owner; CloudFront takes no second one beside it.',
    details: clashes,
    hint: 'Remove it from the behavior, or leave the behavior out with --behavior.',
  })
}

function refuseForeignOwners(settings: Settings, observed: Observed): void {
  const id = settings.distribution
  const names = namesOf(id)
  const foreign: string[] = []
  const look = (what: string, tags: Tags | undefined): void => {
    if (!tags || tags[OWNER_TAG] === id) return
    const owner = tags[OWNER_TAG]
    foreign.push(owner ? `${what} (tagged for ${owner})` : `${what} (without the tag ${OWNER_TAG})`)
  }
  look(`IAM role ${names.role}`, observed.role?.tags)
  look(`Lambda function ${names.function}`, observed.lambda?.tags)
  for (const parameter of observed.parameters)
    look(`SSM parameter ${parameter.name}`, parameter.tags)
  if (observed.okta.checked && observed.okta.foreignApp && !observed.okta.app) {
    const { foreignApp } = observed.okta
    foreign.push(
      `Okta app "${foreignApp.label}" (${foreignApp.id}), whose profile does not name this distribution`,
    )
  }
  if (foreign.length === 0) return
  throw new GuardError({
    code: 'not-ours',
    message: `Something of the name that the guard uses is there already, and is not the guard's.`,
    details: foreign,
    hint: `Delete or rename it, or tag it ${OWNER_TAG}=${id} if it is a leftover of this tool (label in Okta: "${appLabel(settings.hosts[0] ?? '')}").`,
  })
}

function refuseUnclearGroups(settings: Settings, observed: Observed): void {
  const [first] = observed.okta.checked ? observed.okta.unclear : []
  if (!first) return
  const { name, fits, where } = first
  const org = settings.okta.orgUrl
  const named = where.map((path) => `named in ${path}`)
  if (fits.length > 1) {
    throw new GuardError({
      code: 'okta-group-ambiguous',
      message: `${org} has ${fits.length} groups named "${name}".`,
      details: [...named, ...fits.map(({ id, type }) => `${id} (${type})`)],
      hint: 'Rename one of them in Okta, or use another group.',
    })
  }
  throw new GuardError({
    code: 'okta-group-not-found',
    message: `${org} has no group named "${name}", or these credentials do not see it.`,
    details: named,
    hint:
      name === 'Everyone'
        ? 'A group administrator does not see Everyone: use an application administrator, or name groups with --group.'
        : 'Names count to the letter; look it up under Directory > Groups in the Okta console.',
  })
}
