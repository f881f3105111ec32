import type { Finding } from '../../plan/types.ts'

/** Lambda@Edge functions and everything beside them stand in one region. */
export function checkRegion(env: Record<string, string | undefined>): Finding[] {
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION']
  if (!region || region === 'us-east-1') return []
  return [
    {
      code: 'region',
      severity: 'info',
      subject: region,
      message: `The environment names the region ${region}, and that does not matter: what the guard makes is in us-east-1.`,
      next: 'Nothing to do. Look for the function and the parameters in us-east-1.',
    },
  ]
}
