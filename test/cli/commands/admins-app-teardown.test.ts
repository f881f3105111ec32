import { afterAll, beforeAll, expect, test } from 'vitest'
import { askAsStranger } from '../../faults/world.ts'
import { ADA, landed, manifestOf, type Beach, type Variant } from '../../helpers/admins-app.ts'
import { editFile, startStage, statusData, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
  stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] })
})
afterAll(() => stage?.close())

const confirm = ({ distributionId }: Beach): string[] => ['teardown', '--confirm', distributionId]

/** What stands with the name of the site in it. */
function left({ distributionId: id }: Beach): string[] {
  const { aws } = stage.sandbox
  return [...aws.roles(), ...aws.functions(), ...aws.parameters()]
    .map(({ name }) => name)
    .filter((name) => name.includes(id))
}

/** Of a run that dies when it has come to the last write, or to one in the middle. */
async function halfTornDown(variant: Variant, place: 'middle' | 'end'): Promise<Beach> {
  const one = await landed(stage, variant)
  const { operations } = stage.sandbox
  const at =
    place === 'end'
      ? { operation: 'DeleteParameters', nth: 3 }
      : { operation: 'DeleteRole', nth: 1 }
  operations.arm({ at, kind: 'crash-before' })
  expect((await one.run(confirm(one))).exitCode).not.toBe(0)
  operations.revive()
  expect(manifestOf(stage, one)).toMatchObject({ state: 'tearing-down' })
  const settings = `/s3-okta-guard/${one.distributionId}/settings`
  expect(left(one).includes(settings)).toBe(place === 'middle')
  // As if the file had never named the app.
  await editFile(one.cwd, ({ okta: { client: _, ...okta }, ...file }) => ({ ...file, okta }))
  return one
}

const NEVER: [string, string[]][] = [
  ['okta-app-other', ['init', '--yes']],
  ['not-installed', ['apply', '--yes']],
  ['tearing-down', ['rotate-keys', '--yes']],
]

test.each<[Variant, 'middle' | 'end', string, boolean]>([
  ['private_key_jwt', 'middle', 'without', false],
  ['client_secret', 'end', 'with', true],
])(
  'with %s, a teardown that died in the %s goes on %s credentials of Okta, whatever the file says',
  async (variant, place, _how, has) => {
    const one = await halfTornDown(variant, place)
    const before = structuredClone([...stage.sandbox.okta.store.apps])
    stage.sandbox.operations.clearLog()
    const status = await one.run(['status', '--json'])
    expect([status.exitCode, statusData(status).state]).toEqual([6, 'tearing-down'])
    for (const [code, argv] of NEVER) {
      const ran = await one.run([...argv, '--json'], { env: stage.env })
      expect(ran.json.error?.code, ran.stdout).toBe(code)
      const [next] = ran.json.error?.next ?? []
      expect(next).toContain(one.distributionId)
    }
    expect(stage.mutating()).toEqual([])

    const ran = await one.run(confirm(one), has ? { env: stage.env } : {})
    expect(ran.exitCode, ran.stderr).toBe(0)
    expect(ran.stdout).toContain(`The Okta app ${one.app.clientId} is your Okta admin's`)
    expect(left(one)).toEqual([])
    expect(await askAsStranger(one)).toBe('open')
    expect([...stage.sandbox.okta.store.apps]).toEqual(before)
    const { log } = stage.sandbox.operations
    expect(log.filter(({ service, mutating }) => service === 'okta' && mutating)).toEqual([])
  },
)

test('init with the app named again takes over what is left, and guards the site', async () => {
  const one = await halfTornDown('private_key_jwt', 'end')
  await editFile(one.cwd, (file) => ({
    ...file,
    okta: { ...file.okta, client: { id: one.app.clientId, authentication: 'private_key_jwt' } },
  }))
  expect((await one.run(one.init)).exitCode, 'its former keys are gone').toBe(6)
  await one.entered()
  const ran = await one.run(one.init)
  expect(ran.exitCode, ran.stderr).toBe(0)
  expect(await askAsStranger(one)).toBe('guarded')
  expect((await one.signIn()).status).toBe(200)
})
