import type { Distribution } from '../../plan/distribution/distribution.ts'
import type { Finding } from '../../plan/types.ts'

/** What is on its way, or served by another configuration than the one that was read. */
export function checkDistribution({ id, status, continuousDeployment }: Distribution): Finding[] {
  const found: Finding[] = []
  if (status !== 'Deployed') {
    found.push({
      code: 'deploying',
      severity: 'info',
      subject: id,
      message: `CloudFront is still bringing a change to its edges (${status}): some of them serve the configuration before it.`,
      next: 'Nothing to do: commands wait for it. Run this again in some minutes.',
    })
  }
  if (continuousDeployment) {
    found.push({
      code: 'continuous-deployment',
      severity: 'info',
      subject: id,
      message:
        'A continuous deployment policy is attached: some requests are served by the configuration of a staging distribution, which has functions of its own and was not checked.',
      next: 'Promote or take off the staging distribution, or attach the same function version there.',
    })
  }
  return found
}
