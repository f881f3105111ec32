import type { Answer } from '../../plan/examined.ts'
import type { Finding } from '../../plan/types.ts'
import { notChecked } from '../refused.ts'

/**
 * Each instance that signs people in or refreshes reads once in about five minutes: 40 a second carry some 12,000
 * of them, and less where many start at once. https://docs.aws.amazon.com/general/latest/gr/ssm.html
 */
export function checkThroughput(high: Answer<boolean> | undefined): Finding[] {
  if (!high) return []
  if (!high.ok) {
    const next = 'Allow ssm:GetServiceSetting, or look it up in the Systems Manager console.'
    return [notChecked('SSM throughput', high.error.message, next)]
  }
  if (high.value) return []
  return [
    {
      code: 'ssm-throughput',
      severity: 'info',
      subject: '',
      message:
        'SSM answers 40 reads a second in this account and region, shared with everything else in it. The edge reads once in five minutes per instance, and only to sign in and refresh.',
      next: 'Nothing to do for most sites. Where sign-ins fail in a rush, Parameter Store settings have a higher throughput, for money.',
    },
  ]
}
