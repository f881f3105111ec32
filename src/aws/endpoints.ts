import { GuardError } from '../errors/guard-error.ts'

/** The services that the guard calls, by the prefix of their IAM actions. */
export type ServiceName = 'sts' | 'iam' | 'ssm' | 'lambda' | 'cloudfront' | 'logs'

/** What the SDK itself calls for credentials, with the token of a sign-in. */
type Issuer = 'sso' | 'sso_oidc' | 'signin'

/** Whom this run may talk to, checked before it talks to anybody. */
export function assertEndpoints(env: NodeJS.ProcessEnv): void {
  const services: ServiceName[] = ['sts', 'iam', 'ssm', 'lambda', 'cloudfront', 'logs']
  const issuers: Issuer[] = ['sso', 'sso_oidc', 'signin']
  for (const service of [...services, ...issuers]) endpointFor(service, env)
}

/** The endpoint that the environment sets for a service, if any; anything but AWS and loopback is refused. */
export function endpointFor(
  service: ServiceName | Issuer,
  env: NodeJS.ProcessEnv,
): string | undefined {
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return undefined
  const id = service === 'logs' ? 'cloudwatch_logs' : service
  const specific = `AWS_ENDPOINT_URL_${id.toUpperCase()}`
  const variable = env[specific] ? specific : 'AWS_ENDPOINT_URL'
  const value = env[variable]
  if (!value) return undefined
  if (!URL.canParse(value)) throw refused(variable, 'it is not a URL')
  const url = new URL(value)
  if (isAwsHost(url.hostname) && url.protocol === 'https:') return value
  if (!isLoopback(url.hostname)) throw refused(variable, `${url.host} is another machine`)
  return value
}

/** Where S3 is asked without a signature: a stand-in on this machine, else AWS itself. */
export function s3StandIn(env: NodeJS.ProcessEnv): string | undefined {
  const value = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL']
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true' || !value) return undefined
  if (!URL.canParse(value) || !isLoopback(new URL(value).hostname)) return undefined
  return value
}

/** True for names and addresses that never leave this machine. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/**
 * The services that are called, by their own names and through a VPC endpoint. Below amazonaws.com anybody
 * can have a name: an API, a bucket, a load balancer.
 * https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
const AWS_HOST =
  /^(vpce-[\w-]+\.)?(sts|iam|ssm|lambda|cloudfront|logs|portal\.sso|oidc)(-fips)?(\.(global|[a-z]{2}(-[a-z]+)+-\d))?(\.vpce)?\.(amazonaws\.com|api\.aws)$/

function isAwsHost(hostname: string): boolean {
  return AWS_HOST.test(hostname)
}

function refused(variable: string, why: string): GuardError {
  return new GuardError({
    code: 'endpoint-not-loopback',
    message: `${variable} does not name AWS or a stand-in on this machine: ${why}.`,
    hint: 'Signed calls and private keys only go to AWS itself or to a loopback address.',
    next: [`unset ${variable}`],
  })
}
