import type { Distribution } from '../../plan/distribution/distribution.ts'
import type { Finding } from '../../plan/types.ts'

/** What is on its way: some edges serve another configuration than the one that was read. */
export function checkDeploying({ id, status }: Distribution): Finding[] {
  if (status === 'Deployed') return []
  return [
    {
      code: 'deploying',
      severity: 'info',
      subject: id,
      message: `CloudFront is still bringing a change to its edges (${status}): some of them serve the configuration before it.`,
      next: 'Nothing to do: commands wait for it. Run this again in some minutes.',
    },
  ]
}

/**
 * A staging distribution has associations of its own, and whoever sends the header of its policy is served by it.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/continuous-deployment.html
 */
export function checkStaging({ id, continuousDeployment }: Distribution): Finding[] {
  if (!continuousDeployment) return []
  return [
    {
      code: 'continuous-deployment',
      severity: 'exposed',
      subject: id,
      message:
        'A continuous deployment policy is attached: a part of the requests, or those with a certain header, are served by the configuration of a staging distribution, which has functions of its own and was not looked at.',
      next: 'Take the policy off. Or attach the same function version to the staging distribution, and accept this.',
    },
  ]
}
