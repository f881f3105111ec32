import { afterAll, beforeAll, expect, test } from 'vitest'
import { askAsStranger } from '../../faults/world.ts'
import { ADA, beach, clientKeys, manifestOf, type Variant } from '../../helpers/admins-app.ts'
import { startStage, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
  stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] })
})
afterAll(() => stage?.close())

/** Of the 18 writes of an install; each run makes a part of them. */
const CASES: [Variant, number][] = [
  ...[1, 3, 6, 10, 13, 17].map((at): [Variant, number] => ['private_key_jwt', at]),
  ...[4, 9, 15].map((at): [Variant, number] => ['client_secret', at]),
]

test.each(CASES)('init with %s, killed after write %i, converges', async (variant, mutation) => {
  const one = await beach(stage, variant)
  const { operations, aws } = stage.sandbox
  const killed = async (): Promise<void> => {
    operations.arm({ at: { mutation }, kind: 'crash-after' })
    await one.run(one.init)
    operations.revive()
  }
  await killed()
  expect(await askAsStranger(one), 'the admin has entered nothing').toBe('open')
  await one.run(one.init)
  await one.entered()
  await killed()
  const last = await one.run(one.init)
  expect(last.exitCode, last.stderr).toBe(0)
  expect(await askAsStranger(one)).toBe('guarded')
  expect((await one.signIn(`edge-${variant}-${mutation}`)).status).toBe(200)

  const name = `s3-okta-guard-${one.distributionId}`
  expect(aws.functions().filter((made) => made.name === name)).toHaveLength(1)
  expect(aws.roles().filter((made) => made.name === name)).toHaveLength(1)
  expect(clientKeys(stage, one)).toHaveLength(1)
  expect(manifestOf(stage, one)).toMatchObject({
    state: 'installed',
    okta: { clientId: one.app.clientId, authentication: variant, tried: {} },
  })
  operations.clearLog()
  expect((await one.run(one.init)).exitCode).toBe(0)
  expect(stage.mutating()).toEqual([])
})
