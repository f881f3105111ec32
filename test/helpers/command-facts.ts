import type { EXIT } from '../../src/errors/codes.ts'

/** What each kind of step does, and the commands whose plans may have one. */
export const STEPS: Record<string, { does: string; of: string[] }> = {
  'document.put': { does: 'write a record in SSM', of: all('init', 'apply') },
  'parameters.delete': { does: 'delete parameters in SSM', of: ['teardown'] },
  'key.generate': {
    does: 'make a key and put it into SSM',
    of: all('init', 'apply', 'rotate-keys'),
  },
  'key.order': { does: 'put the keys of a ring in the order of their use', of: installing() },
  'key.encrypt': { does: 'write a ring anew, under another KMS key', of: ['init', 'apply'] },
  'key.record': { does: 'write down how far a rotation is', of: ['rotate-keys'] },
  'okta.app.keys': { does: 'replace the public keys of the Okta app', of: ['rotate-keys'] },
  'okta.key.try': { does: 'ask Okta for a token with the new key', of: ['rotate-keys'] },
  'okta.client.try': {
    does: 'ask Okta whether the app that is your Okta admin’s takes sign-ins of the site',
    of: ['init', 'apply'],
  },
  'okta.app.create': { does: 'create the Okta app', of: ['init', 'apply'] },
  'okta.app.update': { does: 'put our fields of the Okta app right', of: ['init', 'apply'] },
  'okta.app.delete': { does: 'deactivate and delete the Okta app', of: ['teardown'] },
  'okta.tokens.revoke': { does: 'revoke every token of the app', of: ['revoke', 'teardown'] },
  'okta.user.tokens.revoke': { does: 'revoke one person’s tokens of the app', of: ['revoke'] },
  'okta.group.assign': { does: 'assign a group to the app', of: ['init', 'apply'] },
  'okta.group.unassign': { does: 'take a group off the app', of: ['init', 'apply'] },
  'iam.role.create': { does: 'create the execution role', of: ['init', 'apply'] },
  'iam.role.trust': { does: 'put its trust policy right', of: ['init', 'apply'] },
  'iam.policy.put': { does: 'write its policy', of: ['init', 'apply'] },
  'iam.policy.delete': { does: 'delete its policy', of: ['teardown'] },
  'iam.role.delete': { does: 'delete the role', of: ['teardown'] },
  'lambda.function.create': { does: 'create the edge function', of: ['init', 'apply'] },
  'lambda.code.update': { does: 'upload the function', of: installing('revoke') },
  'lambda.configuration.update': {
    does: 'set its runtime, memory and role',
    of: installing('revoke'),
  },
  'lambda.version.publish': { does: 'publish a version of it', of: installing('revoke') },
  'lambda.version.delete': { does: 'delete a version that had its time', of: installing('revoke') },
  'logs.delete': { does: 'delete a log group of the edge function (`--logs`)', of: ['teardown'] },
  'lambda.function.delete': { does: 'delete the function, replicas allowing', of: ['teardown'] },
  'cloudfront.associate': {
    does: 'change the function associations of the distribution',
    of: installing('revoke', 'teardown'),
  },
  'cloudfront.wait': {
    does: 'wait until CloudFront has deployed it',
    of: installing('revoke', 'teardown'),
  },
  'web.probe': { does: 'ask the site as a stranger', of: installing('revoke') },
}

function all(...others: string[]): string[] {
  return [...new Set([...others, 'rotate-keys', 'revoke', 'teardown'])]
}

function installing(...others: string[]): string[] {
  return ['init', 'apply', 'rotate-keys', ...others]
}

type ExitName = keyof typeof EXIT

const USAGE =
  'a flag, a value or the file is wrong, or something is missing that nobody was asked for'
const FAILED = 'failed; the same command goes on'
const EXPOSED = 'the site answered a stranger after the change (`site-exposed`)'
const CREDENTIALS = 'AWS or Okta credentials are missing, expired, refused, or of another account'
const LOCKED = 'another run holds the lock, or took it over'
const STOPPED = 'Ctrl-C, or the question was answered with no'
const CTRL_C = 'Ctrl-C'
const UNFINISHED = 'not in force at every edge yet (`--no-wait`, or CloudFront takes long)'
const ABSENT = 'nothing is installed on this distribution'

/** When each command ends with each exit code; null: never. */
export const EXITS: Record<string, Record<ExitName, string | null>> = {
  init: {
    ok: 'installed, or there was nothing to change; `--dry-run`: the plan was shown',
    failed: FAILED,
    usage: USAGE,
    attention: `something would stay open and nobody accepted it (nothing is changed), or ${EXPOSED}`,
    absent: null,
    credentials: CREDENTIALS,
    unfinished: UNFINISHED,
    locked: LOCKED,
    interrupted: STOPPED,
  },
  apply: {
    ok: 'what the file says is installed; `--dry-run`: the plan was shown',
    failed: FAILED,
    usage: USAGE,
    attention: `something would stay open and nobody accepted it (nothing is changed), or ${EXPOSED}`,
    absent: `${ABSENT}: \`init\` comes first`,
    credentials: CREDENTIALS,
    unfinished: UNFINISHED,
    locked: LOCKED,
    interrupted: CTRL_C,
  },
  status: {
    ok: 'installed, and nothing is exposed or broken',
    failed: 'it could not be looked at, or a newer version wrote the record in another format',
    usage: USAGE,
    attention: 'a finding is `exposed` or `broken`; with `--strict`, or `due`',
    absent: ABSENT,
    credentials: CREDENTIALS,
    unfinished: 'an install, a change or a teardown has not come to its end',
    locked: null,
    interrupted: CTRL_C,
  },
  'rotate-keys': {
    ok: 'the new keys are in use',
    failed:
      'failed; the same command goes on. The keys before stay in use until the new ones are proven',
    usage: USAGE,
    attention: EXPOSED,
    absent: ABSENT,
    credentials: `${CREDENTIALS}; the client key needs Okta`,
    unfinished: 'begun, and the new keys are not in use yet; run it again later',
    locked: LOCKED,
    interrupted: STOPPED,
  },
  revoke: {
    ok: 'it holds at every edge; what Okta did is said beside it',
    failed: FAILED,
    usage: `${USAGE}; \`--all\` was not confirmed by the id; the list is full`,
    attention: EXPOSED,
    absent: ABSENT,
    credentials: 'AWS credentials are missing, expired, refused, or of another account',
    unfinished: UNFINISHED,
    locked: LOCKED,
    interrupted: STOPPED,
  },
  doctor: {
    ok: 'nothing would stop a command, and nothing is open',
    failed: 'a bug',
    usage: USAGE,
    attention: 'a finding is `exposed` or `broken`; with `--strict`, or `due`',
    absent: null,
    credentials: 'among the findings: credentials are missing, expired or refused',
    unfinished: null,
    locked: null,
    interrupted: CTRL_C,
  },
  explain: {
    ok: 'the rule was told, whatever it decides',
    failed: 'a bug',
    usage: 'a flag or the file is wrong, or the address is not one of the site',
    attention: null,
    absent: null,
    credentials: null,
    unfinished: null,
    locked: null,
    interrupted: CTRL_C,
  },
  teardown: {
    ok: 'all of it is gone, or was not there',
    failed: FAILED,
    usage: `${USAGE}; the distribution id was not confirmed`,
    attention: null,
    absent: null,
    credentials: CREDENTIALS,
    unfinished: 'Lambda still holds replicas of the function; the same command later ends it',
    locked: LOCKED,
    interrupted: STOPPED,
  },
  demo: {
    ok: 'ended by Ctrl-C, which is how it ends; `--check`: every check held',
    failed: 'it could not start; `--check`: a check did not hold',
    usage: 'a flag is wrong, the folder cannot be read, or the port is taken',
    attention: null,
    absent: null,
    credentials: null,
    unfinished: null,
    locked: null,
    interrupted: 'Ctrl-C before it stood, or a second one',
  },
  completion: {
    ok: 'the script was printed',
    failed: 'a bug',
    usage: 'no shell was named, or one that is not known',
    attention: null,
    absent: null,
    credentials: null,
    unfinished: null,
    locked: null,
    interrupted: CTRL_C,
  },
}
