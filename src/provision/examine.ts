import { GuardError } from '../errors/guard-error.ts'
import type { Settings } from '../access/settings.ts'
import type { Answer, Documents, Examined, MaybeAnswer, OktaExamined } from '../plan/examined.ts'
import { valueOf } from '../plan/examined.ts'
import type { Identity } from '../plan/observed.ts'
import { namesOf } from '../plan/names.ts'
import { askBuckets } from './buckets.ts'
import type { Cloud } from './cloud.ts'
import { readDocuments } from './installed.ts'
import { observeOkta } from './observe-okta.ts'
import { examinePermissions, type SeenActions } from './permissions.ts'

export interface ToExamine {
  /** undefined: only what needs none is looked at. */
  distribution: string | undefined
  /** What the operator asked for; undefined before anybody did. */
  wanted: Settings | undefined
  okta: Pick<OktaExamined, 'orgUrl' | 'credentials'> & { error: GuardError | undefined }
  authorizationServer: string
  /** Milliseconds since the epoch by this machine. */
  now: () => number
  /** What AWS has answered so far. */
  seen: () => SeenActions
}

/** Looks at everything and changes nothing; one thing that cannot be seen hides no other. */
export async function examine(cloud: Cloud, what: ToExamine): Promise<Examined> {
  const { okta } = cloud
  const { error, orgUrl, credentials } = what.okta
  const [atAws, tried, roles, issuer] = await Promise.all([
    examineAws(cloud, what),
    error
      ? { ok: false as const, error }
      : okta && answerOf(okta.check().then(() => true as const)),
    okta && answerOf(okta.roles()),
    issuerOf(cloud, what),
  ])
  const { observed, ...rest } = atAws
  return {
    distributionId: what.distribution,
    ...rest,
    okta: { orgUrl, credentials, tried, roles, issuer, observed },
  }
}

async function examineAws(cloud: Cloud, what: ToExamine) {
  const identity = await answerOf(cloud.aws.sts.identity())
  const server = cloud.aws.serverTime()
  const clockAhead = server && server.getTime() - what.now()
  return { identity, clockAhead, ...(await lookAround(cloud, what, identity)) }
}

type Found = Omit<Examined, 'distributionId' | 'identity' | 'clockAhead' | 'okta'> &
  Pick<OktaExamined, 'observed'>

/** Without an account to look in, nothing of AWS is asked. */
async function lookAround(
  cloud: Cloud,
  what: ToExamine,
  identity: Answer<Identity>,
): Promise<Found> {
  const { aws } = cloud
  if (!identity.ok || identity.value.partition !== 'aws') return NOTHING
  const id = what.distribution
  const names = id === undefined ? undefined : namesOf(id)
  const documents = id === undefined ? undefined : answerOf(readDocuments(id, cloud))
  const distribution = id === undefined ? undefined : answerOf(aws.cloudfront.getDistribution(id))
  const [role, lambda, parameters, others, highThroughput, buckets, observed, judge] =
    await Promise.all([
      names && answerOf(aws.iam.getRole(names.role)),
      names && answerOf(aws.lambda.getFunction(names.function)),
      names && answerOf(aws.ssm.describe(names.path)),
      id === undefined ? undefined : answerOf(aws.cloudfront.listDistributions()),
      answerOf(aws.ssm.highThroughput()),
      distribution?.then((answer) => {
        const known = valueOf(answer)
        return known && askBuckets(known, cloud.web, true)
      }),
      id === undefined ? undefined : oktaOf(id, cloud, what, documents),
      documents === undefined
        ? examinePermissions(identity.value, undefined, undefined, aws.iam)
        : documents.then((answer) =>
            examinePermissions(
              identity.value,
              id,
              valueOf(answer)?.manifest?.state,
              aws.iam,
              (what.wanted ?? valueOf(answer)?.settings)?.ssm.kmsKey,
            ),
          ),
    ])
  const answers = [await distribution, await documents, role, lambda, parameters, others]
  return {
    distribution: await distribution,
    documents: await documents,
    role,
    lambda,
    parameters,
    others,
    highThroughput,
    buckets,
    observed,
    permissions: judge(withDenied(what.seen(), answers)),
  }
}

/** Not every service says no with 403; the error names the action. */
function withDenied(seen: SeenActions, answers: MaybeAnswer<unknown>[]): SeenActions {
  const denied = answers.flatMap((answer) =>
    answer && !answer.ok && answer.error.code === 'aws-denied' ? answer.error.details : [],
  )
  return { ...seen, denied: new Set([...seen.denied, ...denied]) }
}

const NOTHING: Found = {
  distribution: undefined,
  documents: undefined,
  role: undefined,
  lambda: undefined,
  parameters: undefined,
  others: undefined,
  highThroughput: undefined,
  buckets: undefined,
  observed: undefined,
  permissions: { denied: [], unknown: [], allowed: [] },
}

/** By what is installed; before that, by what the operator asked for. */
async function oktaOf(
  id: string,
  cloud: Cloud,
  what: ToExamine,
  documents: Promise<Answer<Documents>> | undefined,
) {
  const known = valueOf(await documents) ?? NO_DOCUMENTS
  const wanted = known.settings ? undefined : what.wanted
  return answerOf(observeOkta(id, cloud, 'install', Promise.resolve(known), wanted))
}

const NO_DOCUMENTS: Documents = {
  manifest: undefined,
  settings: undefined,
  before: undefined,
  revocations: undefined,
  versionArn: undefined,
}

async function issuerOf(cloud: Cloud, what: ToExamine): Promise<MaybeAnswer<string>> {
  const { orgUrl } = what.okta
  if (orgUrl === undefined || what.okta.error?.code === 'okta-url-invalid') return undefined
  const { authorizationServer } = what
  const found = await answerOf(cloud.web.metadata({ orgUrl, authorizationServer }))
  return found.ok ? { ok: true, value: found.value.issuer } : found
}

/** What the operator can meet is a finding; Ctrl-C and bugs end the run. */
async function answerOf<T>(look: Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await look }
  } catch (error) {
    if (error instanceof GuardError && error.code !== 'interrupted') return { ok: false, error }
    throw error
  }
}
