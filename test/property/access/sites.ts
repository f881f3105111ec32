import fc from 'fast-check'
import type {
  AccessRule,
  AccessSettings,
  Allowance,
  Site,
  SiteSettings,
} from '../../../src/access/rules.ts'
import { DEFAULTS } from '../../../src/access/settings.ts'
import type { Settings } from '../../../src/access/settings.ts'

/** Few names, so that paths and patterns meet often; some that need escapes. */
const segment = fc.constantFrom(
  ...['a', 'b', 'hr', 'hrx', 'HR', 'assets', '.well-known', 'v1.2', '...', '_guardian'],
  ...['index.html', 'app.html', 'a.css', 'über', 'a b', "it's(1)", 'p@q', 'x=1&y', '日本', '~'],
)

/** A path that all servers read alike, as people write it. */
export const plainPath: fc.Arbitrary<string> = fc
  .tuple(fc.array(segment, { maxLength: 4 }), fc.boolean())
  .map(([segments, isFolder]) => `/${segments.join('/')}${isFolder && segments.length ? '/' : ''}`)

const pattern = fc
  .tuple(plainPath, fc.boolean())
  .map(([path, isPrefix]) => (isPrefix ? `${path.replace(/\/$/, '')}/*` : path))

export const allowance: fc.Arbitrary<Allowance> = fc.oneof(
  fc.constant<Allowance>('everyone'),
  fc.subarray(['HR', 'Staff', 'Ops'], { minLength: 1 }).map((groups): Allowance => ({ groups })),
  fc.constant<Allowance>({ emails: ['ann@corp.com'], emailDomains: ['partner.example'] }),
)

const rule = fc.record({
  paths: fc.array(pattern, { minLength: 1, maxLength: 3 }),
  allow: allowance,
})

/** Rules as they may stand in a file, contradictions included. */
export const access: fc.Arbitrary<AccessSettings> = fc.record({
  public: fc.array(pattern, { maxLength: 3 }),
  rules: fc.oneof(
    fc.constant<AccessRule[]>([]),
    fc
      .tuple(fc.array(rule, { maxLength: 4 }), allowance)
      .map(([rules, allow]): AccessRule[] => [...rules, { paths: ['/*'], allow }]),
  ),
})

export const site: fc.Arbitrary<Site> = fc.record(
  {
    directoryIndex: fc.constantFrom('index.html', 'a.css'),
    singlePageApp: fc.constantFrom('/index.html', '/a/app.html'),
    defaultRootObject: fc.constantFrom('index.html', 'a/app.html'),
  },
  { requiredKeys: [] },
)

/** Settings that are right but for what is given. */
export function settingsWith(access: AccessSettings, site: SiteSettings): Settings {
  return {
    version: 1,
    distribution: 'E1',
    hosts: ['reports.example.com'],
    behaviors: 'all',
    okta: {
      orgUrl: 'https://acme.okta.com',
      authorizationServer: DEFAULTS.authorizationServer,
      refreshToken: { rotation: DEFAULTS.rotation },
    },
    allow: { everyone: true },
    session: {
      tokenMinutes: DEFAULTS.tokenMinutes,
      maxHours: DEFAULTS.maxHours,
      graceMinutes: DEFAULTS.graceMinutes,
    },
    access,
    site,
    keys: { maxAgeDays: DEFAULTS.maxAgeDays },
    ssm: {},
    function: { runtime: DEFAULTS.runtime, logLevel: DEFAULTS.logLevel },
    status: { accept: [] },
  }
}
