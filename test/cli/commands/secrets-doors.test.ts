import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CliRun } from '../../helpers/cli.ts'
import { watchDoors, type Door, type Doors } from '../../helpers/doors.ts'
import { editFile, startStage, type Stage } from '../../helpers/install.ts'
import { leaksOf, privateParts, publicState } from '../../helpers/secrets.ts'

const ADA = { login: 'ada@tidewater.example', password: 'ferry-harbor-1', name: 'Ada Byron' }
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
  doors = watchDoors()
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
  const argv = { name: 'argv', text: process.argv.join('\n') }
  const secrets = [...keys, okta.token, aws.credentials.secretAccessKey, ...more]
  expect(leaksOf(secrets, [...out, argv, ...requests.map(withoutValue)])).toEqual([])
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
