import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { REFRESH_COOKIE, ROUTES } from '../../../src/access/names.ts'
import { subjectHash } from '../../../src/access/subject.ts'
import { namesOf } from '../../../src/plan/names.ts'
import { operatorPolicy } from '../../../src/plan/permissions.ts'
import { decodeDocument } from '../../../src/provision/documents.ts'
import { createUserAgent, type UserAgent } from '../../../src/sandbox/user-agent.ts'
import type { RevokeData } from '../../../src/ui/schemas/data.ts'
import { type CliRun, scriptedPrompter } from '../../helpers/cli.ts'
import {
  editFile,
  expectRefusal,
  type Installed,
  startStage,
  statusData,
  type Stage,
} from '../../helpers/install.ts'

const ADA = { login: 'ada@tidewater.example', password: 'ferry-harbor-1', name: 'Ada Byron' }
const BEN = { login: 'ben@tidewater.example', password: 'ferry-island-2', name: 'Ben Okri' }
const TOKEN_LIFE = 15 * 60_000
const TERMINAL = { isTTY: { stdin: true, stdout: true, stderr: false } }

let stage: Stage
let site: Installed
let adaId: string

beforeAll(async () => {
  stage = await startStage()
  adaId = stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] }).id
  stage.sandbox.okta.addUser({ ...BEN, groups: ['Reports'] })
  site = await stage.installed()
})
afterAll(() => stage.close())
beforeEach(() => {
  // Never in the second of the revocation before.
  stage.sandbox.clock.advance(2000)
  stage.sandbox.operations.clearLog()
})

const at = (path: string): string => site.url + path

async function signedIn(person: { login: string; password: string }): Promise<UserAgent> {
  const agent = createUserAgent()
  const page = await agent.signIn(at('/'), person.login, person.password)
  expect(page.status).toBe(200)
  return agent
}

/** `in`, or what the first answer asks for. */
async function admitted(agent: UserAgent, edge?: string): Promise<string> {
  const headers = edge === undefined ? {} : { 'x-sandbox-edge': edge }
  const page = await agent.request(at('/'), { headers: { accept: 'text/html', ...headers } })
  if (page.status === 200) return 'in'
  return new URL(page.headers.get('location') ?? '', page.url).pathname
}

function refreshed(agent: UserAgent): Promise<number> {
  return agent
    .request(at(ROUTES.refresh), { headers: { accept: 'application/json' } })
    .then(({ status }) => status)
}

function withoutOkta(): { cwd: string; env: Record<string, string> } {
  const env = Object.entries(stage.env).filter(([name]) => !name.startsWith('OKTA_'))
  return { cwd: site.cwd, env: Object.fromEntries(env) }
}

async function revoke(argv: string[], options: object = {}): Promise<CliRun> {
  const run = await stage.run(['revoke', ...argv, '--yes', '--json'], { cwd: site.cwd, ...options })
  return run
}

function dataOf(run: CliRun): RevokeData {
  expect(run.json.error, run.stdout).toBeUndefined()
  return run.json.data as RevokeData
}

function effects(data: RevokeData): Record<string, boolean> {
  return Object.fromEntries(data.effects.map(({ effect, done }) => [effect, done]))
}

function detailOf(data: RevokeData, effect: RevokeData['effects'][number]['effect']): string {
  return data.effects.find((one) => one.effect === effect)?.detail ?? ''
}

function onRecord(): { everyone?: number; users?: Record<string, number> } {
  const { revocations: name } = namesOf(site.distributionId)
  const found = stage.sandbox.aws.parameters().find((one) => one.name === name)
  return decodeDocument(name, found?.value ?? '', {}) as object
}

function oktaCalls(): string[] {
  return stage.sandbox.operations.log
    .filter(({ service, mutating }) => service === 'okta' && mutating)
    .map(({ operation, resource }) => `${operation} ${resource}`)
}

describe('V01 one person of two', () => {
  test('is out with the next request, at every edge, and at refresh; the other notices nothing', async () => {
    const [ada, ben] = await Promise.all([signedIn(ADA), signedIn(BEN)])
    const run = await revoke(['--user', ADA.login])
    expect(run.exitCode, run.stdout).toBe(0)
    for (const edge of ['local', 'fra', 'syd']) {
      expect(await admitted(ada, edge)).toBe(ROUTES.login)
      expect(await admitted(ben, edge)).toBe('in')
    }
    expect(await refreshed(ada)).toBe(401)
    stage.sandbox.clock.advance(TOKEN_LIFE + 1000)
    expect(await refreshed(ben)).toBe(204)
    expect(await admitted(ben)).toBe('in')
  })

  test('V06 signs in again at once, and that session is as good as any', async () => {
    const ada = await signedIn(ADA)
    expect((await revoke(['--user', ADA.login])).exitCode).toBe(0)
    stage.sandbox.clock.advance(1000)
    const again = await signedIn(ADA)
    expect(await admitted(again)).toBe('in')
    stage.sandbox.clock.advance(TOKEN_LIFE + 1000)
    expect(await refreshed(again)).toBe(204)
    expect(await admitted(ada)).toBe(ROUTES.login)
  })

  test.each([
    ['the address in capitals', () => ADA.login.toUpperCase()],
    ['the Okta user id', () => adaId],
    ['the short form of the login', () => 'ada'],
  ])('by %s', async (_name, name) => {
    const [ada, ben] = await Promise.all([signedIn(ADA), signedIn(BEN)])
    const run = await revoke(['--user', name()])
    expect(run.exitCode, run.stdout).toBe(0)
    expect(await admitted(ada)).toBe(ROUTES.login)
    expect(await admitted(ben)).toBe('in')
    expect(Object.keys(onRecord().users ?? {})).toContain(subjectHash(adaId))
  })

  test('has no refresh token left at Okta, and only for this app', async () => {
    await signedIn(ADA)
    stage.sandbox.operations.clearLog()
    const data = dataOf(await revoke(['--user', ADA.login]))
    const { client_id: clientId } = stage.app(site.distributionId).credentials.oauthClient
    expect(oktaCalls()).toEqual([
      `DELETE /api/v1/users/{id}/clients/{id}/tokens ${adaId}/${clientId}`,
    ])
    expect(effects(data)).toEqual({
      sessions: true,
      'okta-refresh-tokens': true,
      'sign-in': false,
    })
  })

  test('cannot refresh meanwhile at an edge that lags behind', async () => {
    const ada = await signedIn(ADA)
    stage.sandbox.cloudfront.hold('late')
    try {
      expect((await revoke(['--user', ADA.login])).exitCode).toBe(0)
      expect(await admitted(ada, 'late')).toBe('in')
      stage.sandbox.clock.advance(TOKEN_LIFE + 1000)
      const headers = { accept: 'application/json', 'x-sandbox-edge': 'late' }
      expect((await ada.request(at(ROUTES.refresh), { headers })).status).toBe(401)
    } finally {
      stage.sandbox.cloudfront.release('late')
    }
  })
})

describe('without Okta credentials', () => {
  test('the edge refuses all the same, and what was not done is said with its reason', async () => {
    const [ada, ben] = await Promise.all([signedIn(ADA), signedIn(BEN)])
    const run = await revoke(['--user', ADA.login], withoutOkta())
    expect(run.exitCode, run.stdout).toBe(0)
    expect(await admitted(ada)).toBe(ROUTES.login)
    expect(await admitted(ben)).toBe('in')
    expect(ada.cookies.map(({ name }) => name)).toContain(REFRESH_COOKIE)
    expect(await refreshed(ada)).toBe(401)
    const data = dataOf(run)
    expect(effects(data)).toMatchObject({ sessions: true, 'okta-refresh-tokens': false })
    expect(detailOf(data, 'okta-refresh-tokens')).toMatch(
      /^no Okta credentials; the edge refuses the refresh anyway/,
    )
    expect(run.stderr).toContain('under another address of the same person is not met')
    expect(Object.keys(onRecord().users ?? {})).toContain(subjectHash(ADA.login))
  })

  test('the rest of the guard stays as it is', async () => {
    const data = dataOf(await revoke(['--user', ADA.login, '--dry-run'], withoutOkta()))
    const news = data.plan.steps.filter(({ id }) => !/^(manifest|version-arn)/.test(id))
    expect(news.map(({ action, id }) => `${action} ${id}`)).toEqual([
      'update revocations',
      'update lambda.function',
      'create lambda.version',
      'update cloudfront.behaviors',
      'wait cloudfront.deployed',
      'check web.probe',
    ])
  })
})

describe('whatever is wrong with Okta does not keep anybody in', () => {
  test.each([
    ['a token that may only read', { power: 'read-only' as const, expired: false }, /not allow/],
    ['a token that has expired', { power: 'all' as const, expired: true }, /does not take/],
  ])('%s', async (_name, token, reason) => {
    const ada = await signedIn(ADA)
    const OKTA_CLIENT_TOKEN = stage.sandbox.okta.addToken(token)
    const run = await revoke(['--user', ADA.login], { env: { ...stage.env, OKTA_CLIENT_TOKEN } })
    expect(run.exitCode, run.stdout).toBe(0)
    const data = dataOf(run)
    expect(effects(data)).toMatchObject({ sessions: true, 'okta-refresh-tokens': false })
    expect(detailOf(data, 'okta-refresh-tokens')).toMatch(reason)
    expect(await admitted(ada)).toBe(ROUTES.login)
  })

  test('a name that Okta does not know is revoked, with a question about its spelling', async () => {
    const run = await revoke(['--user', 'adda@tidewater.example'])
    expect(run.exitCode).toBe(0)
    expect(run.stderr).toContain('Okta knows nobody as adda@tidewater.example')
    expect(oktaCalls()).toEqual([])
    expect(effects(dataOf(run))).toMatchObject({ 'okta-refresh-tokens': false })
  })
})

describe('V02 everybody', () => {
  const all = (): string[] => ['--all', '--confirm', site.distributionId]

  test('is out, and the list of names is empty after it', async () => {
    const [ada, ben] = await Promise.all([signedIn(ADA), signedIn(BEN)])
    stage.sandbox.operations.clearLog()
    const data = dataOf(await revoke(all()))
    expect(effects(data)).toMatchObject({ sessions: true, 'okta-refresh-tokens': true })
    expect(oktaCalls()).toEqual([
      `DELETE /api/v1/apps/{id}/tokens ${stage.app(site.distributionId).id}`,
    ])
    for (const agent of [ada, ben]) {
      expect(await admitted(agent)).toBe(ROUTES.login)
      expect(await refreshed(agent)).toBe(401)
    }
    expect(onRecord().users).toBeUndefined()
    expect(new Date((onRecord().everyone ?? 0) * 1000).toISOString()).toBe(data.startedUntil)
    stage.sandbox.clock.advance(1000)
    expect(await admitted(await signedIn(BEN))).toBe('in')
  })

  test.each([
    ['--yes alone', ['--all', '--yes'], /must be confirmed/],
    ['another id', ['--all', '--yes', '--confirm', 'E2QWRUHAPOMQZL'], /is not the distribution/],
  ])('is not confirmed by %s', async (_name, argv, message) => {
    await expectRefusal(
      stage,
      ['revoke', ...argv],
      {
        exit: 2,
        code: 'confirmation-needed',
        message,
        says: [`--confirm ${site.distributionId}`],
      },
      { cwd: site.cwd },
    )
  })

  test('in a terminal the id is typed out', async () => {
    const { prompter } = scriptedPrompter(['E2QWRUHAPOMQZL'])
    const run = await stage.run(['revoke', '--all'], { cwd: site.cwd, prompter, ...TERMINAL })
    expect(run.exitCode).toBe(130)
    expect(stage.mutating()).toEqual([])
    const right = scriptedPrompter([site.distributionId])
    const done = await stage.run(['revoke', '--all'], {
      cwd: site.cwd,
      prompter: right.prompter,
      ...TERMINAL,
    })
    expect(done.exitCode, done.stderr).toBe(0)
  })
})

describe('it says', () => {
  test('first what bars, then the plan, then what was done and from when it holds', async () => {
    const run = await stage.run(['revoke', '--user', ADA.login, '--yes'], { cwd: site.cwd })
    expect(run.exitCode, run.stderr).toBe(0)
    const { stderr, stdout } = run
    const order = ['bars nobody', `users/${adaId}/lifecycle/suspend`, 'Or unassign']
    const places = order.map((words) => stderr.indexOf(words))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places[0]).toBeGreaterThanOrEqual(0)
    expect(stderr.indexOf('Record in SSM: whose sessions')).toBeGreaterThan(places[2] ?? 0)
    expect(stdout).toMatch(/Every session of ada@\S+ that began until \S+Z is over/)
    expect(stdout).toMatch(/Sessions at the edge +done +refused at every edge/)
    expect(stdout).toMatch(/Refresh tokens at Okta +done +those of ada@\S+ for this app/)
    expect(stdout).toMatch(/Signing in again +not done +not barred/)
    expect(stdout).toMatch(/holds at every edge since \S+Z/)
  })

  test('that somebody who is suspended has no way back in', async () => {
    stage.sandbox.okta.suspendUser(BEN.login)
    try {
      const run = await revoke(['--user', BEN.login])
      expect(dataOf(run).bar).toEqual([`${BEN.login} is suspended in Okta: no way back in.`])
      expect(detailOf(dataOf(run), 'sign-in')).toBe('barred in Okta already')
    } finally {
      stage.sandbox.okta.unsuspendUser(BEN.login)
    }
  })

  test('that it is a new revocation where the same was revoked before', async () => {
    const first = dataOf(await revoke(['--user', ADA.login]))
    stage.sandbox.clock.advance(5000)
    const run = await revoke(['--user', ADA.login])
    expect(run.stderr).toContain(`Revoked before, at ${first.startedUntil}; this is a new`)
    expect(dataOf(run).startedUntil > first.startedUntil).toBe(true)
  })

  test('no e-mail address where it has no business: in what is stored and in the plan', async () => {
    const data = dataOf(await revoke(['--user', 'eve@tidewater.example']))
    expect(JSON.stringify(data.plan)).not.toContain('eve@')
    expect(JSON.stringify(onRecord())).not.toContain('eve@')
  })
})

test('a dry run shows the plan and changes nothing', async () => {
  const ada = await signedIn(ADA)
  stage.sandbox.operations.clearLog()
  const run = await revoke(['--user', ADA.login, '--dry-run'])
  expect(run.exitCode).toBe(0)
  expect(dataOf(run).plan.steps.map(({ id }) => id)).toContain(`okta.tokens.${adaId}`)
  expect(Object.values(effects(dataOf(run)))).toEqual([false, false, false])
  expect(stage.mutating()).toEqual([])
  expect(await admitted(ada)).toBe('in')
})

test('--no-wait ends with 6; the same again waits, with the same time, and publishes nothing anew', async () => {
  const first = await revoke(['--user', ADA.login, '--no-wait'])
  expect(first.exitCode, first.stdout).toBe(6)
  expect(dataOf(first)).toMatchObject({ heldSince: null, continued: false })
  const status = await stage.run(['status', '--json'], { cwd: site.cwd })
  expect(status.exitCode).toBe(3)
  expect(statusData(status).findings.map(({ code }) => code)).toContain('revocation-pending')
  stage.sandbox.clock.advance(60_000)
  stage.sandbox.operations.clearLog()
  const second = await revoke(['--user', ADA.login])
  expect(second.exitCode, second.stdout).toBe(0)
  expect(dataOf(second)).toMatchObject({
    continued: true,
    startedUntil: dataOf(first).startedUntil,
  })
  expect(stage.mutating().join('\n')).not.toMatch(/UpdateFunctionCode|PublishVersion/)
  const after = await stage.run(['status', '--json'], { cwd: site.cwd })
  expect(after.exitCode, after.stdout).toBe(0)
  expect(statusData(after).parts.find(({ part }) => part === 'Revoked sessions')).toMatchObject({
    state: 'ok',
  })
})

test('what the file says and nobody has applied stays unapplied', async () => {
  const other = await stage.installed()
  await editFile(other.cwd, (file) => ({ ...file, access: { public: ['/open/*'] } }))
  const run = await stage.run(['revoke', '--user', ADA.login, '--yes', '--json'], {
    cwd: other.cwd,
  })
  expect(run.exitCode, run.stdout).toBe(0)
  const answer = await fetch(`${other.url}/open/index.html`, { redirect: 'manual' })
  expect(answer.status).toBe(401)
  const status = statusData(await stage.run(['status', '--json'], { cwd: other.cwd }))
  expect(status.findings.map(({ code }) => code)).toContain('not-applied')
})

test('goes between the steps of a waiting rotation, whose keys stay as they are', async () => {
  const other = await stage.installed()
  const options = { cwd: other.cwd }
  const people = [createUserAgent(), createUserAgent()] as const
  await people[0].signIn(other.url, ADA.login, ADA.password)
  await people[1].signIn(other.url, BEN.login, BEN.password)
  const isIn = (agent: UserAgent): Promise<boolean> =>
    agent.request(other.url).then(({ status }) => status === 200)
  const keys = (): string[] =>
    stage.sandbox.aws
      .parameters()
      .filter(({ name }) => name.startsWith(`${namesOf(other.distributionId).path}keys/`))
      .map(({ value }) => value)

  const begun = await stage.run(['rotate-keys', '--yes', '--no-wait', '--json'], options)
  expect(begun.exitCode, begun.stdout).toBe(6)
  const waiting = keys()
  stage.sandbox.clock.advance(2000)
  const run = await stage.run(['revoke', '--user', ADA.login, '--yes', '--json'], options)
  expect(run.exitCode, run.stdout).toBe(0)
  expect(keys()).toEqual(waiting)
  expect(await Promise.all(people.map(isIn))).toEqual([false, true])

  stage.sandbox.clock.advance(10 * 60_000)
  const ended = await stage.run(['rotate-keys', '--yes', '--json'], options)
  expect(ended.exitCode, ended.stdout).toBe(0)
  expect(keys()).not.toEqual(waiting)
  expect(await Promise.all(people.map(isIn))).toEqual([false, true])
  const status = await stage.run(['status', '--json'], options)
  expect(status.exitCode, status.stdout).toBe(0)
})

test('needs no other rights in AWS than its own of the operator policy', async () => {
  const policy = operatorPolicy(['revoke'])
  const keys = stage.sandbox.aws.addIdentity({ userName: 'on-call', policy })
  const env = {
    ...stage.env,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  }
  const run = await revoke(['--user', ADA.login], { env })
  expect(run.exitCode, run.stdout).toBe(0)
})

test('needs no file', async () => {
  const argv = ['revoke', '--distribution', site.distributionId, '--user', ADA.login, '--yes']
  const run = await stage.run(argv)
  expect(run.exitCode, run.stderr).toBe(0)
})

test('docs/revoke.md lists the calls that it makes, and no others', async () => {
  const one = ['--user', ADA.login]
  const all = ['--all', '--confirm', site.distributionId]
  const made = { read: new Set<string>(), changed: new Set<string>() }
  for (const argv of [one, all]) {
    stage.sandbox.operations.clearLog()
    expect((await revoke(argv)).exitCode).toBe(0)
    for (const { service, operation, mutating } of stage.sandbox.operations.log) {
      made[mutating ? 'changed' : 'read'].add(`${service} ${operation}`)
    }
  }
  const page = readFileSync(new URL('../../../docs/revoke.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| (sts|cloudfront|lambda|iam|ssm|okta) \| (.*) \|$/gm)]
  const bold = /\*\*(`[^`]+`)\*\*/g
  const listed = (edit: (calls: string) => string): string[] =>
    rows.flatMap(([, service, calls = '']) =>
      [...edit(calls).matchAll(/`([^`-][^`]+)`/g)].map(([, call]) => `${service} ${call}`),
    )
  const changing = listed((calls) => [...calls.matchAll(bold)].map(([, call]) => call).join(' '))
  const reading = listed((calls) => calls.replaceAll(bold, ''))
  expect(changing.sort()).toEqual([...made.changed].sort())
  expect(reading.sort()).toEqual([...made.read].sort())
})

describe('is refused before anything is changed', () => {
  test('without anybody to revoke', async () => {
    await expectRefusal(
      stage,
      ['revoke', '--yes'],
      { exit: 2, code: 'usage', message: /Whose sessions/, says: ['--all'] },
      { cwd: site.cwd },
    )
  })

  test.each([
    [['--user', ADA.login, '--all'], /cannot be used with/],
    [['--user', 'two words'], /e-mail address or an Okta user id/],
    [['--user', ''], /empty/],
  ])('with %j', async (argv, message) => {
    await expectRefusal(stage, ['revoke', ...argv], { exit: 2, code: 'usage', message })
  })

  test('without a question answered or --yes', async () => {
    await expectRefusal(
      stage,
      ['revoke', '--user', ADA.login],
      { exit: 2, code: 'input-needed', message: /End every session/, says: ['--yes'] },
      { cwd: site.cwd },
    )
  })

  test('where nothing is installed', async () => {
    const { distributionId } = stage.sandbox.createSite()
    await expectRefusal(
      stage,
      ['revoke', '--distribution', distributionId, '--user', ADA.login, '--yes'],
      { exit: 4, code: 'not-installed', message: /No guard is installed/ },
    )
  })
})
