import type { Settings } from '../../access/settings.ts'
import { foreignViewerFunctions, isGuarded } from '../../plan/distribution/behaviors.ts'
import type { Distribution } from '../../plan/distribution/distribution.ts'
import { functionArn } from '../../plan/names.ts'
import type { Finding } from '../../plan/types.ts'

/**
 * No Lambda@Edge viewer function stands beside another viewer function, not even one of the other event.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
 */
export function checkViewerFunctions(
  settings: Pick<Settings, 'behaviors'>,
  distribution: Distribution,
  account: string,
): Finding[] {
  const ours = functionArn(account, distribution.id)
  return distribution.behaviors
    .filter(({ pattern }) => isGuarded(settings, pattern))
    .map((behavior) => [behavior.pattern, foreignViewerFunctions(behavior, ours)] as const)
    .filter(([, foreign]) => foreign.length > 0)
    .map(([pattern, foreign]) => ({
      code: 'foreign-function',
      severity: 'broken',
      subject: pattern,
      message: `Cache behavior ${pattern} has a viewer function of another owner (${foreign.join(', ')}), and CloudFront takes no second one beside it.`,
      next: 'Take it off the behavior, or leave the behavior out with --behavior. Where it writes index.html: site.directoryIndex and site.singlePageApp do that.',
    }))
}
