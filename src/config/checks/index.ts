import type { Settings } from '../../access/settings.ts'
import { warnNarrow } from './narrow.ts'
import { checkOrder } from './order.ts'
import { checkPatterns } from './patterns.ts'
import { checkPeople } from './people.ts'
import type { Problem } from './problem.ts'
import { checkGrace } from './session.ts'
import { checkServed, checkSiteNames } from './site.ts'

/** What no form can say: values that contradict each other, or that the edge could not use. */
export function checkSettings({ session, access, site }: Settings): Problem[] {
  const forms = [...checkPatterns(access), ...checkSiteNames(site)]
  const others = [...checkGrace(session), ...checkPeople(access.rules)]
  // Which path covers which can be told of well-formed ones only.
  if (forms.length > 0) return [...forms, ...others]
  return [...checkOrder(access), ...checkServed(access, site), ...others]
}

/** What is allowed, and yet may not be what was meant. */
export function warnSettings({ access, site }: Settings): Problem[] {
  return warnNarrow(access, site)
}
