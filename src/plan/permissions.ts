import { namesOf } from './names.ts'

/** Who needs a permission: the commands that call AWS. */
export const AWS_COMMANDS = [
  'init',
  'apply',
  'status',
  'rotate-keys',
  'revoke',
  'doctor',
  'teardown',
] as const
export type AwsCommand = (typeof AWS_COMMANDS)[number]

const ALL: readonly AwsCommand[] = AWS_COMMANDS
const WRITES: readonly AwsCommand[] = ['init', 'apply', 'rotate-keys', 'revoke', 'teardown']
const PUBLISHES: readonly AwsCommand[] = ['init', 'apply', 'rotate-keys', 'revoke']
const INSTALLS: readonly AwsCommand[] = ['init', 'apply']

/** Permissions on one kind of resource: a statement of the operator's policy. */
export interface Grant {
  sid: string
  actions: Record<string, readonly AwsCommand[]>
  /** As it stands in the policy. */
  resources: string[]
  condition?: { key: string; values: string[] }
  /** Needed only where this is used; nobody is told to have it otherwise. */
  only?: 'kms-key' | 'logs'
  /** One resource that the policy must cover, for asking IAM about it. */
  example(account: string, distribution: string): string
}

/**
 * Every permission that the tool needs: `templates/iam-operator-policy.json` is made of it, and `doctor` asks
 * for it. https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
export const GRANTS: Grant[] = [
  {
    sid: 'Distribution',
    actions: {
      'cloudfront:GetDistribution': ALL,
      'cloudfront:GetDistributionConfig': WRITES,
      'cloudfront:ListTagsForResource': ALL,
      'cloudfront:UpdateDistribution': WRITES,
    },
    resources: ['arn:aws:cloudfront::*:distribution/*'],
    example: (account, id) => `arn:aws:cloudfront::${account}:distribution/${id}`,
  },
  {
    sid: 'ListsWithoutResource',
    actions: { 'cloudfront:ListDistributions': ['init', 'doctor'], 'ssm:DescribeParameters': ALL },
    resources: ['*'],
    example: () => '*',
  },
  {
    sid: 'EdgeFunction',
    actions: {
      'lambda:CreateFunction': INSTALLS,
      'lambda:DeleteFunction': WRITES,
      'lambda:DisableReplication*': WRITES,
      'lambda:EnableReplication*': PUBLISHES,
      'lambda:GetFunction': ALL,
      'lambda:GetFunctionConfiguration': PUBLISHES,
      'lambda:ListTags': ALL,
      'lambda:ListVersionsByFunction': ALL,
      'lambda:PublishVersion': PUBLISHES,
      'lambda:TagResource': INSTALLS,
      'lambda:UpdateFunctionCode': PUBLISHES,
      'lambda:UpdateFunctionConfiguration': INSTALLS,
    },
    resources: ['arn:aws:lambda:us-east-1:*:function:s3-okta-guard-*'],
    example: (account, id) =>
      `arn:aws:lambda:us-east-1:${account}:function:${namesOf(id).function}`,
  },
  {
    sid: 'ExecutionRole',
    actions: {
      'iam:CreateRole': INSTALLS,
      'iam:DeleteRole': ['teardown'],
      'iam:DeleteRolePolicy': ['teardown'],
      'iam:GetRole': ALL,
      'iam:GetRolePolicy': ALL,
      'iam:ListAttachedRolePolicies': ALL,
      'iam:ListRolePolicies': ALL,
      'iam:PutRolePolicy': INSTALLS,
      'iam:TagRole': INSTALLS,
      'iam:UpdateAssumeRolePolicy': INSTALLS,
    },
    resources: ['arn:aws:iam::*:role/s3-okta-guard-*'],
    example: (account, id) => `arn:aws:iam::${account}:role/${namesOf(id).role}`,
  },
  {
    sid: 'ExecutionRoleToLambda',
    actions: { 'iam:PassRole': INSTALLS },
    resources: ['arn:aws:iam::*:role/s3-okta-guard-*'],
    condition: {
      key: 'iam:PassedToService',
      values: ['edgelambda.amazonaws.com', 'lambda.amazonaws.com'],
    },
    example: (account, id) => `arn:aws:iam::${account}:role/${namesOf(id).role}`,
  },
  {
    sid: 'LambdaAtEdgeForTheFirstTimeInThisAccount',
    actions: { 'iam:CreateServiceLinkedRole': INSTALLS },
    resources: ['arn:aws:iam::*:role/aws-service-role/*'],
    condition: {
      key: 'iam:AWSServiceName',
      values: ['logger.cloudfront.amazonaws.com', 'replicator.lambda.amazonaws.com'],
    },
    example: (account) =>
      `arn:aws:iam::${account}:role/aws-service-role/replicator.lambda.amazonaws.com/AWSServiceRoleForLambdaReplicator`,
  },
  {
    sid: 'ParametersWriteAndDelete',
    actions: {
      'ssm:AddTagsToResource': WRITES,
      'ssm:DeleteParameters': WRITES,
      'ssm:ListTagsForResource': ALL,
      'ssm:PutParameter': WRITES,
    },
    resources: ['arn:aws:ssm:us-east-1:*:parameter/s3-okta-guard/*'],
    example: (account, id) => parameter(account, namesOf(id).manifest),
  },
  {
    sid: 'ParametersReadButNotTheKeys',
    actions: { 'ssm:GetParameters': ALL },
    resources: ['before*', 'lock/*', 'manifest*', 'revocations*', 'settings*', 'version-arn'].map(
      (name) => `arn:aws:ssm:us-east-1:*:parameter/s3-okta-guard/*/${name}`,
    ),
    example: (account, id) => parameter(account, namesOf(id).manifest),
  },
  {
    sid: 'KeysInAnotherOrder',
    actions: { 'ssm:GetParameter': PUBLISHES },
    resources: ['arn:aws:ssm:us-east-1:*:parameter/s3-okta-guard/*/keys/*'],
    example: (account, id) => parameter(account, namesOf(id).keys.session),
  },
  {
    sid: 'KmsKeyOfTheKeys',
    actions: { 'kms:Decrypt': PUBLISHES, 'kms:Encrypt': PUBLISHES },
    resources: ['arn:aws:kms:us-east-1:*:key/*'],
    condition: { key: 'kms:ViaService', values: ['ssm.us-east-1.amazonaws.com'] },
    only: 'kms-key',
    example: (account) => `arn:aws:kms:us-east-1:${account}:key/*`,
  },
  {
    sid: 'LogsOfTheEdgesFind',
    actions: { 'logs:DescribeLogGroups': ['teardown'] },
    resources: ['arn:aws:logs:*:*:log-group:*'],
    only: 'logs',
    example: (account) => `arn:aws:logs:us-east-1:${account}:log-group:*`,
  },
  {
    sid: 'LogsOfTheEdgesDelete',
    actions: { 'logs:DeleteLogGroup': ['teardown'] },
    resources: ['arn:aws:logs:*:*:log-group:/aws/lambda/us-east-1.s3-okta-guard-*'],
    only: 'logs',
    example: (account, id) =>
      `arn:aws:logs:us-east-1:${account}:log-group:/aws/lambda/us-east-1.${namesOf(id).function}:*`,
  },
  {
    sid: 'DoctorAsksWhatIsAllowed',
    actions: { 'iam:SimulatePrincipalPolicy': ['doctor'] },
    resources: ['arn:aws:iam::*:role/*', 'arn:aws:iam::*:user/*'],
    example: (account) => `arn:aws:iam::${account}:role/*`,
  },
  {
    sid: 'DoctorReadsTheThroughput',
    actions: { 'ssm:GetServiceSetting': ['doctor'] },
    resources: [
      'arn:aws:ssm:us-east-1:*:servicesetting/ssm/parameter-store/high-throughput-enabled',
    ],
    example: (account) =>
      `arn:aws:ssm:us-east-1:${account}:servicesetting/ssm/parameter-store/high-throughput-enabled`,
  },
]

function parameter(account: string, name: string): string {
  return `arn:aws:ssm:us-east-1:${account}:parameter${name}`
}

/** The grants with those actions alone that one of the commands needs. */
export function grantsFor(commands: readonly AwsCommand[]): Grant[] {
  return GRANTS.flatMap((grant) => {
    const actions = Object.entries(grant.actions).filter(([, needed]) =>
      commands.some((command) => needed.includes(command)),
    )
    return actions.length === 0 ? [] : [{ ...grant, actions: Object.fromEntries(actions) }]
  })
}

/** What the commands ahead need, by what is installed now. */
export function comingCommands(state: string | undefined): AwsCommand[] {
  if (state === 'installed') return ['apply', 'rotate-keys', 'revoke', 'teardown']
  return state === 'tearing-down' ? ['teardown'] : ['init']
}

/** The policy document of an operator who runs these commands and nothing else. */
export function operatorPolicy(commands: readonly AwsCommand[] = AWS_COMMANDS): object {
  return {
    Version: '2012-10-17',
    Statement: grantsFor(commands).map(({ sid, actions, resources, condition }) => ({
      Sid: sid,
      Effect: 'Allow',
      Action: alone(Object.keys(actions)),
      Resource: alone(resources),
      ...(condition && { Condition: { StringEquals: { [condition.key]: condition.values } } }),
    })),
  }
}

function alone(values: string[]): string | string[] {
  const [only] = values
  return values.length === 1 && only !== undefined ? only : values
}
