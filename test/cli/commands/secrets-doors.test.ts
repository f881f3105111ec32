import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CliRun } from '../../helpers/cli.ts'
import { ADA, beach, CANARY } from '../../helpers/admins-app.ts'
import { watchDoors, type Door, type Doors } from '../../helpers/doors.ts'
import { editFile, startStage, type Stage } from '../../helpers/install.ts'
import { leaksOf, privateParts, publicState } from '../../helpers/secrets.ts'

const NEXT_SECRET = 'CANARY-of-the-n3xt_~.%42+&=/'
const CLIENT_SECRET = 'canary-of-a-client-secret-9f2c'

let stage: Stage
let doors: Doors
/** Every private key that ever stood in SSM, also for one step of one command. */
let keys: Set<string>
/** What others could read after each single change. */
let state: Door[]
let site: { distributionId: string }
let unhook: () => void

beforeAll(async () => {
  stage = await startStage()
  stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] })
})
afterAll(() => stage.close())
beforeEach(() => {
  site = stage.sandbox.createSite()
  keys = new Set()
  state = []
  doors = watchDoors(stage.sandbox.okta.url)
  unhook = stage.sandbox.operations.afterMutation(look)
})
afterEach(() => {
  unhook()
  doors.stop()
})

function look(): void {
  const { distributionId } = site
  const rings = stage.sandbox.aws
    .parameters()
    .filter(({ name }) => name.includes(`${distributionId}/keys/`))
  expect(new Set(rings.map(({ type }) => type)).has('String')).toBe(false)
  for (const part of rings.flatMap(({ value }) => privateParts(value))) keys.add(part)
  const known = new Set(state.map(({ text }) => text))
  state.push(...publicState(stage, distributionId).filter(({ text }) => !known.has(text)))
}

/** SSM alone is told a private key, and only to keep it as a SecureString. */
function isKept({ name, text }: Door): boolean {
  const at = `"Name":"/s3-okta-guard/${site.distributionId}/keys/`
  return name.endsWith(' PutParameter') && text.includes(at) && text.includes('"SecureString"')
}

/** Without the value, which is all that may hold it. */
function withoutValue(door: Door): Door {
  return isKept(door) ? { ...door, text: door.text.replace(/"Value":"(?:[^"\\]|\\.)*"/, '') } : door
}

function expectNoLeak(outputs: Door[], more: string[] = []): void {
  const { okta, aws } = stage.sandbox
  const { requests, files, processes, streams } = doors
  expect(requests.filter(isKept).length, 'keys were put').toBeGreaterThan(2)
  expect(state.length).toBeGreaterThan(10)
  const out = [...outputs, ...state, ...files, ...processes, ...streams]
  const argv = { name: 'argv', text: [...process.argv, process.title].join('\n') }
  const env = { name: 'environment', text: JSON.stringify(process.env) }
  const secrets = [...keys, okta.token, aws.credentials.secretAccessKey, ...more]
  expect(leaksOf(secrets, [...out, argv, env, ...requests.map(withoutValue)])).toEqual([])
}

/** All files of a folder, hidden ones too. */
async function filesIn(folder: string): Promise<Door[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return Promise.all(
    files.map(async ({ parentPath, name }) => ({
      name: `left in ${name}`,
      text: await readFile(path.join(parentPath, name), 'latin1'),
    })),
  )
}

/** Some twenty commands each, on a machine that does other things as well. */
const PATIENCE = 180_000

test.each([
  ['for people', []],
  ['as JSON', ['--json']],
  ['as events', ['--json-events']],
  ['as both', ['--json', '--json-events']],
])(
  'no command lets a secret out by any door, told %s',
  async (_name, format) => {
    const { distributionId } = site
    const cwd = await stage.folder()
    const outputs: Door[] = []
    const run = async (argv: string[], ...exits: number[]): Promise<void> => {
      const given = [...argv, '--distribution', distributionId, '--debug', ...format]
      const ran = await stage.run(given, { cwd })
      expect(exits.length > 0 ? exits : [0], ran.stderr + ran.stdout).toContain(ran.exitCode)
      outputs.push({ name: argv.join(' '), text: ran.stdout + ran.stderr })
      const { clock } = stage.sandbox
      clock.advance(2000)
    }
    await run(['init', '--group', 'Reports', '--dry-run'])
    await run(['init', '--group', 'Reports', '--yes'])
    const kmsKey = stage.sandbox.aws.createKmsKey()
    await editFile(cwd, (file) => ({ ...file, ssm: { kmsKey }, session: { maxHours: 8 } }))
    await run(['apply', '--dry-run'])
    await run(['apply', '--yes'])
    await run(['status'])
    await run(['doctor'], 0, 3)
    for (const ring of ['session', 'client', 'seal']) {
      await run(['rotate-keys', '--only', ring, '--yes', '--no-wait'], 0, 6)
      await run(['rotate-keys', '--only', ring, '--compromised', '--yes', '--no-wait'], 0, 6)
    }
    await run(['rotate-keys', '--compromised', '--yes', '--no-wait'], 0, 6)
    await run(['revoke', '--user', ADA.login, '--yes'])
    await run(['revoke', '--all', '--confirm', distributionId, '--yes'])
    await run(['teardown', '--confirm', distributionId, '--yes'], 0, 6)
    // Two RSA keys of six members and one of 256 bits at the beginning; each ring had others since.
    expect(keys.size).toBeGreaterThanOrEqual(2 * 13)
    expectNoLeak([...outputs, ...(await filesIn(cwd))])
  },
  PATIENCE,
)

test.each(['--json', '--json-events'])(
  'no failure at any step quotes a secret, %s',
  async (format) => {
    const { operations, okta } = stage.sandbox
    const cwd = await stage.folder()
    const outputs: Door[] = []
    const told = (ran: CliRun, name: string): void => {
      outputs.push({ name, text: ran.stdout + ran.stderr })
    }
    const broken = async (argv: string[], call: string, body: object): Promise<void> => {
      const kind = { status: 400, body: JSON.stringify(body) }
      operations.arm({ at: { operation: call, nth: 1 }, kind, times: 50 })
      const given = [...argv, '--distribution', site.distributionId, '--debug', format]
      told(await stage.run(given, { cwd }), `${argv[0]} without ${call}`)
      operations.revive()
    }
    const init = ['init', '--group', 'Reports', '--yes']
    const said = { errorCode: 'E0000001', errorSummary: `SSWS ${okta.token} is bad` }
    const refused = { __type: 'ValidationException', message: 'no' }
    for (const call of ['PutParameter', 'CreateFunction', 'CreateRole']) {
      await broken(init, call, refused)
    }
    await broken(init, 'POST /api/v1/apps', said)
    const argv = [...init, '--distribution', site.distributionId, '--debug', format]
    const done = await stage.run(argv, { cwd })
    expect(done.exitCode, done.stdout + done.stderr).toBe(0)
    told(done, 'init')
    const rotate = ['rotate-keys', '--yes', '--no-wait', '--only']
    for (const ring of ['session', 'client', 'seal']) {
      await broken([...rotate, ring], 'GetParameter', refused)
      await broken([...rotate, ring], 'PutParameter', refused)
    }
    await broken([...rotate, 'client'], 'PUT /api/v1/apps/{id}', said)
    await broken(['revoke', '--user', ADA.login, '--yes'], 'UpdateFunctionCode', refused)
    await broken(['teardown', '--confirm', site.distributionId], 'DELETE /api/v1/apps/{id}', said)
    expectNoLeak([...outputs, ...(await filesIn(cwd))])
  },
  PATIENCE,
)

test('a client secret of an admin goes to Okta and into SSM, and nowhere else', async () => {
  const cwd = await stage.folder()
  const argv = ['init', '--group', 'Reports', '--yes', '--distribution', site.distributionId]
  const first = await stage.run([...argv, '--debug'], { cwd })
  expect(first.exitCode, first.stderr).toBe(0)
  const other = stage.sandbox.createSite().distributionId
  const outputs: Door[] = []
  for (const format of [['--json'], ['--json-events'], []]) {
    const given = ['--client-id', '0oaNobodyKnowsIt', '--client-secret-file', '-', '--debug']
    const ran = await stage.run(
      ['init', '--group', 'Reports', '--yes', '--distribution', other, ...given, ...format],
      { cwd: await stage.folder(), stdin: `${CLIENT_SECRET}\n` },
    )
    expect(ran.exitCode).not.toBe(0)
    outputs.push({ name: 'init with a secret', text: ran.stdout + ran.stderr })
  }
  doors.requests = doors.requests.filter(({ name }) => !name.includes('/oauth2/'))
  expectNoLeak(outputs, [CLIENT_SECRET])
})

test.each([
  ['for people', []],
  ['as JSON', ['--json']],
  ['as events', ['--json-events']],
])(
  'a client secret that Okta takes stays between Okta and SSM for its whole life, told %s',
  async (_name, format) => {
    const { sandbox } = stage
    const one = await beach(stage, 'client_secret')
    const { distributionId: id, cwd } = one
    site = one
    const outputs: Door[] = []
    const run = async (argv: string[], exits: number[] = [0], stdin = ''): Promise<void> => {
      const ran = await one.run([...argv, '--debug', ...format], { stdin })
      expect(exits, `${argv.join(' ')}\n${ran.stderr}${ran.stdout}`).toContain(ran.exitCode)
      outputs.push({ name: argv.join(' '), text: ran.stdout + ran.stderr })
    }
    /** The admin's own requests are not ours to watch. */
    const byAdmin = async (work: () => Promise<void>): Promise<void> => {
      const before = doors.requests.length
      await work()
      doors.requests.splice(before)
    }
    const target = ['--distribution', id]
    const client = ['rotate-keys', ...target, '--only', 'client', '--yes', '--no-wait']
    const withSecret = [...client, '--client-secret-file', '-']
    const signsIn = async (edge: string): Promise<void> => {
      const { status, agent } = await one.signIn(edge)
      expect(status).toBe(200)
      sandbox.clock.advance(16 * 60_000)
      expect((await agent.open(one.url)).status).toBe(200)
      const left = await agent.request(new URL('/_guard/logout', one.url).href, {
        headers: { 'sec-fetch-site': 'same-origin' },
      })
      expect(left.headers.get('location')).toContain('/logout')
      outputs.push({
        name: 'the edge',
        text: JSON.stringify([left, ...left.headers, agent.cookies]),
      })
    }

    await run([...one.init, '--dry-run'], [0], CANARY)
    await run(one.init, [5], NEXT_SECRET)
    await run(one.init, [6], CANARY)
    await byAdmin(() => one.entered())
    await run(one.init, [0], CANARY)
    await byAdmin(() => signsIn('before'))
    await run(['apply', ...target])
    await run(['status', ...target])
    await run(['doctor', ...target], [0, 3])
    // Okta does not take it yet, cannot be reached, and then does.
    await run(withSecret, [5], NEXT_SECRET)
    one.setSecret(NEXT_SECRET)
    const token = { operation: 'POST /oauth2/v1/token', nth: 1 }
    sandbox.operations.arm({ at: token, kind: 'reset', times: 50 })
    await run(withSecret, [1], NEXT_SECRET)
    sandbox.operations.revive()
    const resource = `/s3-okta-guard/${id}/keys/client`
    const put = { operation: 'PutParameter', nth: 1, resource }
    const quoted = { __type: 'ValidationException', message: `Value '${NEXT_SECRET}' is bad` }
    sandbox.operations.arm({
      at: put,
      kind: { status: 400, body: JSON.stringify(quoted) },
      times: 50,
    })
    await run(withSecret, [1], NEXT_SECRET)
    sandbox.operations.revive()
    await run(withSecret, [0, 6], NEXT_SECRET)
    await byAdmin(() => signsIn('after'))
    one.setSecret(CANARY)
    await run([...withSecret, '--compromised'], [0, 6], CANARY)
    await run(['rotate-keys', ...target, '--yes', '--no-wait'], [0, 6])
    await run(['revoke', ...target, '--user', ADA.login, '--yes'])
    await run(['revoke', ...target, '--all', '--confirm', id, '--yes'])
    await run(['teardown', ...target, '--confirm', id, '--yes'], [0, 6])

    expect([...keys]).toEqual(expect.arrayContaining([CANARY, NEXT_SECRET]))
    const basic = doors.requests.filter(({ name }) => name.includes('/oauth2/v1/token'))
    expect(basic.length).toBeGreaterThan(3)
    outputs.push({ name: 'the logs of the edge', text: sandbox.cloudfront.logs.join('\n') })
    outputs.push({ name: 'the log of the cloud', text: JSON.stringify(sandbox.operations.log) })
    expectNoLeak([...outputs, ...(await filesIn(cwd))], [CANARY, NEXT_SECRET])
  },
  PATIENCE,
)
