import { namesOf } from '../names.ts'
import { step } from '../step.ts'
import type { Finding, Step } from '../types.ts'

/** What was found of the function's log groups, Region by Region. */
export interface EdgeLogs {
  found: LogGroup[]
  /** Regions that could not be asked. */
  unknown: { region: string; why: string }[]
}

export interface LogGroup {
  region: string
  bytes: number
  /** undefined: kept without end. */
  retentionDays: number | undefined
}

/** As Lambda@Edge calls it, in whatever Region an edge writes. */
export function logGroupOf(distribution: string): string {
  return `/aws/lambda/us-east-1.${namesOf(distribution).function}`
}

/** After the function: an edge that still serves it would make its group again. */
export function logDestroySteps({ found }: EdgeLogs, distribution: string): Step[] {
  if (found.length === 0) return []
  const name = logGroupOf(distribution)
  const regions = found.map(({ region }) => region)
  const size = found.reduce((sum, { bytes }) => sum + bytes, 0)
  return [
    step({
      id: 'logs',
      kind: 'logs.delete',
      action: 'delete',
      reason: 'settings',
      resource: `CloudWatch log group ${name} in ${regions.join(', ')} (${sizeWords(size)})`,
      inputs: { name, regions },
      after: ['lambda.function'],
    }),
  ]
}

/** Nobody asks seventeen Regions unasked: what may be there is said, and how it goes. */
export function logsLeft(distribution: string): Finding {
  const name = logGroupOf(distribution)
  return {
    code: 'logs-left',
    severity: 'info',
    subject: name,
    message: `What the edges have logged stays in the CloudWatch log groups ${name}, one in each Region where people were served, and without end unless a retention is set on them.`,
    next: `s3-okta-guard teardown --distribution ${distribution} --confirm ${distribution} --logs`,
  }
}

/** A Region that is barred by the organization is no reason to keep the rest. */
export function logsNotChecked({ unknown }: EdgeLogs, distribution: string): Finding[] {
  return unknown.map(({ region, why }) => ({
    code: 'logs-not-checked',
    severity: 'info',
    subject: region,
    message: `Whether ${region} has the log group ${logGroupOf(distribution)} could not be told: ${why}`,
    next: `aws logs delete-log-group --region ${region} --log-group-name ${logGroupOf(distribution)}`,
  }))
}

function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  const kilobytes = bytes / 1024
  return kilobytes < 1024 ? `${kilobytes.toFixed(0)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`
}
