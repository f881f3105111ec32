import { homedir } from 'node:os'
import { join } from 'node:path'
import { GuardError } from '../errors/guard-error.ts'
import type { AwsFailure } from './types.ts'

interface Source {
  profile: string | undefined
  env: NodeJS.ProcessEnv
}

interface ProfileFacts {
  exists: boolean
  sso: boolean
  login: boolean
  others: string[]
  files: [string, string]
}

/** Static keys of the environment when no profile is named, as in the SDK's own chain. */
export function environmentKeys({
  profile,
  env,
}: Source): { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined {
  if (profile || env['AWS_PROFILE']) return undefined
  const accessKeyId = env['AWS_ACCESS_KEY_ID']
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY']
  const sessionToken = env['AWS_SESSION_TOKEN']
  if (!accessKeyId || !secretAccessKey) return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
}

/**
 * Fails where a named profile is in no file. The SDK's chain would go on to the role of this machine,
 * which is not who the operator asked for.
 */
export async function assertProfile(profile: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { exists } = await readProfile(profile, env)
  if (exists) return
  const error = new Error(`the profile "${profile}" is in no file`)
  throw Object.assign(error, { name: 'CredentialsProviderError' })
}

/** Says whose credentials AWS did not take, why, and what to type to get new ones. */
export async function credentialsError(failure: AwsFailure, source: Source): Promise<GuardError> {
  const expired = /expired/i.test(failure.name) || /expired/i.test(failure.message)
  if (environmentKeys(source)) {
    return new GuardError({
      code: 'aws-credentials',
      message: `AWS does not take the credentials in AWS_ACCESS_KEY_ID and its companions: ${failure.message}`,
      hint: expired
        ? 'They have expired: export new ones, or use --profile NAME.'
        : 'Export the right ones, or unset them and use --profile NAME.',
      next: ['aws sts get-caller-identity'],
      cause: failure,
    })
  }
  const named = source.profile ?? source.env['AWS_PROFILE']
  const profile = named ?? 'default'
  const facts = await readProfile(profile, source.env)
  if (!facts.exists) return missing(named, facts, failure)
  const verb = facts.login ? 'aws login' : 'aws sso login'
  const renewable = facts.sso || facts.login
  if (/multi-factor|MFA/i.test(failure.message)) {
    return new GuardError({
      code: 'aws-credentials',
      message: `The AWS profile "${profile}" asks for a second factor: ${failure.message}`,
      hint: 'Get a session with your code first, and export its three variables without --profile.',
      next: [`aws configure export-credentials --profile ${profile} --format env`],
      cause: failure,
    })
  }
  return new GuardError({
    code: 'aws-credentials',
    message: `The AWS credentials of profile "${profile}" ${expired ? 'have expired' : 'do not work'}: ${failure.message}`,
    hint: renewable
      ? 'Sign in again, then run the same command again.'
      : `Renew the keys of "${profile}" in ${facts.files.join(' or ')}; if it signs in with SSO, sign in again.`,
    next: [`${verb} --profile ${profile}`],
    cause: failure,
  })
}

function missing(named: string | undefined, facts: ProfileFacts, cause: AwsFailure): GuardError {
  const where = facts.files.join(' nor in ')
  const others = facts.others.length > 0 ? `Profiles found: ${facts.others.join(', ')}.` : ''
  if (named) {
    return new GuardError({
      code: 'aws-credentials',
      message: `There is no AWS profile "${named}": it is neither in ${where}.`,
      hint: others || 'No profile at all was found in these files.',
      next: ['aws configure list-profiles', `aws configure sso --profile ${named}`],
      cause,
    })
  }
  if (!/^(Credentials|Token)ProviderError$/.test(cause.name)) {
    return new GuardError({
      code: 'aws-credentials',
      message: `AWS does not take the credentials of this machine or job: ${cause.message}`,
      hint: 'Check its role, or name a profile with --profile.',
      next: ['aws sts get-caller-identity'],
      cause,
    })
  }
  return new GuardError({
    code: 'aws-credentials',
    message: `No AWS credentials were found: no keys in the environment, no profile "default" in ${facts.files.join(' or ')}, no role of this machine.`,
    hint: others
      ? `${others} Name one with --profile.`
      : 'Set up a profile, then name it with --profile.',
    next: [`aws sso login --profile ${facts.others[0] ?? 'NAME'}`],
    cause,
  })
}

async function readProfile(profile: string, env: NodeJS.ProcessEnv): Promise<ProfileFacts> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config')
  const configFilepath = env['AWS_CONFIG_FILE'] ?? join(homedir(), '.aws', 'config')
  const filepath = env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(homedir(), '.aws', 'credentials')
  const found = await loadSharedConfigFiles({ filepath, configFilepath, ignoreCache: true })
  const profiles = { ...found.credentialsFile, ...found.configFile }
  // The parser keeps [sso-session x] and [services x] beside the profiles, as `sso-session.x`.
  const others = Object.keys(profiles).filter((name) => !/^(sso-session|services)\./.test(name))
  const settings = { ...profiles[profile] }
  const origin = { ...profiles[settings['source_profile'] ?? ''] }
  const has = (key: string): boolean => key in settings || key in origin
  return {
    exists: profile in profiles,
    sso: has('sso_session') || has('sso_start_url'),
    login: has('login_session'),
    others: others.filter((name) => name !== profile),
    files: [configFilepath, filepath],
  }
}
