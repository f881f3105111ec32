import type { AccessRule } from '../../access/rules.ts'
import type { LoadedConfig } from '../../config/load.ts'
import type { Output } from '../program/context.ts'
import type { Demo } from './environment.ts'
import { DEMO_GROUPS } from './users.ts'

const [, ANALYSTS] = DEMO_GROUPS

/** `access.rules` of the sample site. */
const RULES: AccessRule[] = [
  { paths: ['/finance/*'], allow: { groups: [ANALYSTS] } },
  { paths: ['/*'], allow: 'everyone' },
]

/** The operator's file as it would stand in git. */
export function fileOf(path: string, { distribution, site, sandbox }: Demo): LoadedConfig {
  return {
    path,
    file: {
      version: 1,
      distribution,
      hosts: [site],
      behaviors: 'all',
      okta: { orgUrl: sandbox.okta.url },
      allow: { groups: [...DEMO_GROUPS] },
      access: { rules: RULES },
    },
    warnings: [],
  }
}

export function showRules(output: Output): void {
  output.info('With these rules in s3-okta-guard.json, one part of the site is for analysts alone:')
  output.info('')
  output.info('  "access": {')
  output.info('    "rules": [')
  output.info(RULES.map((rule) => `      ${JSON.stringify(rule)}`).join(',\n'))
  output.info('    ]')
  output.info('  }')
  output.info('')
}

/** What an administrator does once in Okta's console: the Apps API cannot. */
export function sendGroups(output: Output, { sandbox, distribution }: Demo): void {
  for (const { id, profile } of sandbox.okta.store.apps.values())
    if ((profile as { distribution?: string } | undefined)?.distribution === distribution)
      sandbox.okta.setGroupsClaim(id, { filter: { type: 'EQUALS', value: ANALYSTS } })
  output.info('')
  output.info(`The demo has set that groups claim in its Okta: filter Equals ${ANALYSTS}.`)
}
