import { expect, test } from 'vitest'
import type { Settings } from '../../../src/access/settings.ts'
import type { OktaAdmin } from '../../../src/okta/types.ts'
import type { OktaGroup } from '../../../src/plan/observed.ts'
import type { Documents } from '../../../src/plan/examined.ts'
import { observeOkta } from '../../../src/provision/observe-okta.ts'
import type { Web } from '../../../src/web/types.ts'
import { ID, metadataOf, settingsOf } from '../plan/world.ts'

const group = (name: string, id = `g-${name}`): OktaGroup => ({ id, name, type: 'OKTA_GROUP' })
const NOTHING = Promise.resolve({ manifest: undefined, settings: undefined } as Documents)

/** An org with these groups that answers only when everything was asked. */
function org(...groups: OktaGroup[]) {
  const asked: string[] = []
  const later = async <T>(question: string, answer: T): Promise<T> => {
    asked.push(question)
    await new Promise((resolve) => setTimeout(resolve, 20))
    asked.push(`answered ${question}`)
    return answer
  }
  const okta: Partial<OktaAdmin> = {
    orgUrl: 'https://acme.okta.com',
    findAppsByLabel: () => Promise.resolve([]),
    findGroups: (name) =>
      later(
        name,
        groups.filter((one) => one.name === name),
      ),
    everyone: () => later('everyone', { id: 'g-all', name: 'Everyone', type: 'BUILT_IN' }),
  }
  const web: Pick<Web, 'metadata'> = { metadata: () => later('metadata', metadataOf()) }
  const look = (wanted: Settings) =>
    observeOkta(ID, { okta: okta as OktaAdmin, web: web as Web }, 'install', NOTHING, wanted)
  return { asked, look }
}

const rules = (...names: string[][]): Settings['access'] => ({
  public: [],
  rules: names.map((groups, at) => ({ paths: [`/${at}/*`], allow: { groups } })),
})

test('groups of rules are looked up together with those that may sign in, each once', async () => {
  const { asked, look } = org(group('Readers'), group('Board'))
  const found = await look(settingsOf({ access: rules(['Board', 'Readers'], ['Board']) }))
  expect(asked.slice(0, 3).sort()).toEqual(['Board', 'Readers', 'metadata'])
  expect(asked).toHaveLength(6)
  expect(found).toMatchObject({ wanted: [group('Readers')], unclear: [] })
})

test('only groups that may sign in are assigned, also where everyone may', async () => {
  const { look } = org(group('Board'))
  const wanted = settingsOf({ allow: { everyone: true }, access: rules(['Board']) })
  expect(await look(wanted)).toMatchObject({ wanted: [{ name: 'Everyone' }], unclear: [] })
})

test('a group that is not there, or is there twice, is named with every place that names it', async () => {
  const twice = [group('Board', 'a'), group('Board', 'b')]
  const { look } = org(...twice)
  expect(await look(settingsOf({ access: rules(['Board'], ['Readers', 'Board']) }))).toMatchObject({
    wanted: [],
    unclear: [
      { name: 'Readers', fits: [], where: ['allow.groups', 'access.rules[1].allow.groups'] },
      {
        name: 'Board',
        fits: twice,
        where: ['access.rules[0].allow.groups', 'access.rules[1].allow.groups'],
      },
    ],
  })
})
