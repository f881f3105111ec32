import type { LambdaFunction } from '../../plan/observed.ts'
import type { Finding } from '../../plan/types.ts'

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
export const RUNTIME_END: Record<string, string> = {
  'nodejs18.x': '2025-09-01',
  'nodejs20.x': '2026-04-30',
  'nodejs22.x': '2027-04-30',
  'nodejs24.x': '2028-04-30',
}

/** A replacement should be in place well before AWS stops updates. */
const WARN_DAYS = 90

export function checkRuntime(lambda: LambdaFunction | undefined, now: string): Finding[] {
  const end = lambda && RUNTIME_END[lambda.runtime]
  if (!lambda || end === undefined) return []
  const left = Math.floor((Date.parse(end) - Date.parse(now)) / 86_400_000)
  if (left > WARN_DAYS) return []
  return [
    {
      code: 'runtime-end-of-life',
      severity: 'due',
      subject: lambda.runtime,
      message:
        left < 0
          ? `AWS ended the Lambda runtime ${lambda.runtime} on ${end}.`
          : `AWS ends the Lambda runtime ${lambda.runtime} on ${end}, in ${left} days.`,
      next: 'Set function.runtime in s3-okta-guard.json to a newer one and run apply.',
    },
  ]
}
