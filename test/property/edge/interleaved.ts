import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import type { Handler } from '../../../src/edge-function/handler.ts'
import { edgeHandler } from '../../helpers/edge.ts'
import { Browser } from './browser.ts'
import type { Kind } from './browser.ts'
import type { EdgeCloud } from './cloud.ts'
import { holds } from './property.ts'
import type { EdgeProperty } from './property.ts'

type Step =
  | { user: number; open: string; kind: Kind; follow: boolean }
  | { wait: number }
  | { group: boolean }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      user: fc.constantFrom(0, 1),
      open: fc.constantFrom(
        ...['/', '/a', '/red/x', '/_guard/login', '/_guard/login?switch=1', '/_guard/me'],
        ...['/_guard/refresh', '/_guard/refresh?return_to=/a', '/_guard/logout'],
        ...['/_guard/callback?state=none', '/_guard/signed-out', '/%ff', '/red%2Fx'],
      ),
      kind: fc.constantFrom<Kind>('tab', 'tab', 'script', 'image'),
      follow: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ wait: fc.constantFrom(1, 61, 1000, 40_000) }) },
  { weight: 1, arbitrary: fc.record({ group: fc.boolean() }) },
)
const input = fc.record({
  steps: fc.array(step, { minLength: 2, maxLength: 14 }),
  isThin: fc.boolean(),
})

const ACCESS: EdgeConfig['access'] = {
  revision: 1,
  public: [],
  rules: [
    { paths: ['/red/*'], allow: { groups: ['red'] } },
    { paths: ['/*'], allow: 'everyone' },
  ],
}

/** Two people on one warm instance see what each would see on instances that are always new. */
export function interleavedUsers(cloud: EdgeCloud): EdgeProperty {
  return holds(
    'E23 two users on one instance do not notice each other',
    60,
    input,
    async (given) => {
      cloud.reset()
      cloud.isThin = given.isThin
      const config = cloud.configured({ access: ACCESS })
      const instance = (): { handler: Handler } => ({
        handler: edgeHandler(config, () => cloud.now),
      })
      const warm = instance()
      const users = ['ada', 'ben']
      const shared = users.map((who) => new Browser(who, cloud, () => warm))
      const alone = users.map((who) => new Browser(who, cloud, instance))
      for (const one of given.steps) {
        if ('wait' in one) cloud.now += one.wait * 1000
        else if ('group' in one) cloud.people.ben!.groups = one.group ? ['red'] : []
        else {
          const { user, open, kind, follow } = one
          const hops = await shared[user]!.open(open, kind, follow)
          const expected = await alone[user]!.open(open, kind, follow)
          assert.deepEqual(hops.map(seen), expected.map(seen), `${users[user]} ${open}`)
        }
      }
      for (const [index, browser] of shared.entries()) {
        assert.deepEqual(
          [...browser.jar.keys()].map(named),
          [...alone[index]!.jar.keys()].map(named),
        )
      }
    },
  )
}

function named(cookie: string): string {
  return cookie.replace(/-tx-[\w-]{8}$/, '-tx-…')
}

/** An answer, less what is random by intent. */
function seen({ uri, result }: { uri: string; result: unknown }): string {
  const text = JSON.stringify({ uri, result })
  return text
    .replace(/(state=)[\w-]{8}\.[\w-]{22}/g, '$1…')
    .replace(/((?:nonce|code|code_challenge|id_token_hint)=)[\w.-]+/g, '$1…')
    .replace(/(__(?:Host|Secure)-guard(?:-refresh|-tx-tried)?=)[\w.-]+/g, '$1…')
    .replace(/__Host-guard-tx-(?!tried)[\w-]{8}=[\w.-]*/g, '__Host-guard-tx-…')
    .replace(/(token=)seal-1\.[\w-]+/g, '$1…')
}
