import type { Settings } from '../../access/settings.ts'
import { isGuarded } from '../../plan/distribution/behaviors.ts'
import type { Distribution } from '../../plan/distribution/distribution.ts'
import { riskOf } from '../../plan/resources/attachment.ts'
import type { Finding } from '../../plan/types.ts'

/** Callers who cannot sign in as people do: holders of signed URLs, writing methods, origins that are no bucket. */
export function checkCallers(
  settings: Pick<Settings, 'behaviors'>,
  distribution: Distribution,
): Finding[] {
  return distribution.behaviors
    .filter(({ pattern }) => isGuarded(settings, pattern))
    .flatMap((behavior) => {
      const risks = riskOf(behavior, distribution)
      if (risks.length === 0) return []
      return [
        {
          code: 'behavior-callers',
          severity: 'info',
          subject: behavior.pattern,
          message: `${sentence(risks.join('; '))}.`,
          next: 'Leave the behavior out with --behavior if programs call it, or let them take 401 as the sign that somebody must sign in.',
        },
      ]
    })
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
