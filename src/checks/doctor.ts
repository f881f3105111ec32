import type { AcceptedFinding } from '../access/settings.ts'
import { ERROR_CODES, EXIT, type ErrorCode, type ExitCode } from '../errors/codes.ts'
import type { Finding, Severity } from '../plan/types.ts'
import { accept, exitOf } from './index.ts'
import { areasOf } from './areas.ts'
import type { Examination } from './examination.ts'

/** One thing that was looked at. */
export interface Check {
  check: string
  state: 'ok' | 'note' | 'due' | 'attention' | 'not-checked'
  detail: string
}

export interface Diagnosis {
  checks: Check[]
  /** The worst first. */
  findings: Finding[]
}

const ORDER: Severity[] = ['exposed', 'broken', 'due', 'info']

/** Every check that can be made, and what it found. */
export function diagnose(examination: Examination, accepted: AcceptedFinding[]): Diagnosis {
  const areas = areasOf(examination).map((area) => ({
    ...area,
    findings: accept(area.findings, accepted),
  }))
  const checks = areas.map(({ check, detail, unknown, findings }) => ({
    check,
    state: stateOf(findings, unknown !== undefined),
    detail: unknown ?? (codesOf(findings) || detail),
  }))
  const findings = unique(areas.flatMap((area) => area.findings)).sort(
    (one, other) => rankOf(one) - rankOf(other),
  )
  return { checks, findings }
}

/** What is found says more than what was looked at. */
function codesOf(findings: Finding[]): string {
  const counted = findings.filter(({ accepted }) => accepted === undefined)
  return [...new Set(counted.map(({ code }) => code))].join(', ')
}

function stateOf(findings: Finding[], unknown: boolean): Check['state'] {
  const counted = findings.filter(({ accepted }) => accepted === undefined)
  const has = (severity: Severity): boolean => counted.some((one) => one.severity === severity)
  if (has('exposed') || has('broken')) return 'attention'
  if (unknown || counted.some(({ code }) => code === 'not-checked')) return 'not-checked'
  if (has('due')) return 'due'
  return has('info') ? 'note' : 'ok'
}

/** What is accepted comes last. */
function rankOf({ severity, accepted }: Finding): number {
  return ORDER.indexOf(severity) + (accepted === undefined ? 0 : ORDER.length)
}

/** Expired credentials are met by every look. */
function unique(findings: Finding[]): Finding[] {
  const seen = new Set<string>()
  return findings.filter(({ code, subject, message }) => {
    const key = JSON.stringify([code, subject, message])
    return !seen.has(key) && seen.add(key)
  })
}

/** Credentials first: what they hide is not known. */
export function exitOfDiagnosis({ findings }: Diagnosis, strict: boolean): ExitCode {
  const counted = findings.filter(({ accepted }) => accepted === undefined)
  if (counted.some(isCredentials)) return EXIT.credentials
  return exitOf(findings, strict)
}

function isCredentials({ code }: Finding): boolean {
  if (code === 'permissions-missing') return true
  return code in ERROR_CODES && ERROR_CODES[code as ErrorCode] === EXIT.credentials
}
