import { MAX_TOKEN_LENGTH } from '../../access/settings.ts'
import type { Settings } from '../../access/settings.ts'
import { ruleGroups } from '../../plan/access.ts'
import type { Finding } from '../../plan/types.ts'

/** Header, signature and the claims beside the groups, with a long name and address, base64url. */
const REST = 1000

/** A session carries the groups that the rules name: with very many of them it fits into no cookie. */
export function checkSessionSize(settings: Settings): Finding[] {
  const groups = ruleGroups(settings)
  const bytes = Buffer.byteLength(JSON.stringify(groups))
  const room = Math.floor(((MAX_TOKEN_LENGTH - REST) * 3) / 4)
  if (bytes <= room) return []
  return [
    {
      code: 'session-size',
      severity: 'info',
      subject: '',
      message: `Access rules name ${groups.length} groups, whose names take ${bytes} bytes; a session has room for about ${room}. Somebody in all of them gets a page that says so instead of a session.`,
      next: 'Name fewer groups, or shorter ones: one Okta group may hold what many hold now (group rules).',
    },
  ]
}
