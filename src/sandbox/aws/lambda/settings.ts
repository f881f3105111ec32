import { createHash } from 'node:crypto'

import { unzipSync } from 'fflate'

import { AwsError } from '../errors.ts'
import { effectiveTrust } from '../iam/record.ts'
import { trusts } from '../policy.ts'
import type { Cloud, Context } from '../types.ts'
import type { FunctionSettings } from './record.ts'
import { invalidValue } from './record.ts'

const RUNTIMES = [
  ...['nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x'],
  ...['python3.9', 'python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3.14'],
  ...['java17', 'java21', 'dotnet8', 'ruby3.3', 'ruby3.4', 'provided.al2', 'provided.al2023'],
]

/** The settings that an answer may leave out when it updates; checked as Lambda checks them. */
export function readSettings(
  body: Record<string, unknown>,
  former: Omit<FunctionSettings, 'zip' | 'codeSha256'>,
  context: Context,
): Omit<FunctionSettings, 'zip' | 'codeSha256'> {
  const settings = {
    description: text(body, 'Description', former.description),
    roleArn: text(body, 'Role', former.roleArn),
    runtime: text(body, 'Runtime', former.runtime),
    handler: text(body, 'Handler', former.handler),
    memory: number(body, 'MemorySize', former.memory),
    timeout: number(body, 'Timeout', former.timeout),
    environment: environmentOf(body) ?? former.environment,
    architectures: strings(body.Architectures) ?? former.architectures,
    layers: strings(body.Layers) ?? former.layers,
  }
  if (settings.description.length > 256) throw constraint(settings.description, 'description')
  if (!RUNTIMES.includes(settings.runtime)) {
    throw invalidValue(
      `Value ${settings.runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${RUNTIMES.join(', ')}] or be a valid ARN`,
    )
  }
  if (!/^\S{1,128}$/.test(settings.handler)) throw constraint(settings.handler, 'handler')
  if (!within(settings.memory, 128, 10_240)) throw constraint(settings.memory, 'memorySize')
  if (!within(settings.timeout, 1, 900)) throw constraint(settings.timeout, 'timeout')
  checkRole(settings.roleArn, context.cloud)
  return settings
}

/** Refuses what cannot be unzipped. */
export function readZip(encoded: unknown): Pick<FunctionSettings, 'zip' | 'codeSha256'> {
  const zip = Buffer.from(typeof encoded === 'string' ? encoded : '', 'base64')
  const bad = invalidValue(
    'Could not unzip uploaded file. Please check your file, then try to upload again.',
  )
  let entries: string[]
  try {
    entries = Object.keys(unzipSync(zip))
  } catch {
    throw bad
  }
  if (entries.length === 0) throw bad
  return { zip, codeSha256: createHash('sha256').update(zip).digest('base64') }
}

/** The same text for a role that is too new, is missing, or does not trust Lambda. */
function checkRole(arn: string, cloud: Cloud): void {
  if (!/^arn:[^:]*:iam::\d{12}:role\/\S+$/.test(arn)) throw constraint(arn, 'role')
  const role = cloud.roles.get(arn)
  if (role && trusts(effectiveTrust(role, cloud), 'lambda.amazonaws.com')) return
  throw invalidValue('The role defined for the function cannot be assumed by Lambda.')
}

function text(body: Record<string, unknown>, field: string, otherwise: string): string {
  const value = body[field]
  return typeof value === 'string' ? value : otherwise
}

function number(body: Record<string, unknown>, field: string, otherwise: number): number {
  const value = body[field]
  return typeof value === 'number' ? value : otherwise
}

function strings(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.filter((entry) => typeof entry === 'string')
}

function environmentOf(body: Record<string, unknown>): Record<string, string> | undefined {
  return (body.Environment as { Variables?: Record<string, string> } | undefined)?.Variables
}

function within(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function constraint(value: string | number, field: string): AwsError {
  return new AwsError(
    'ValidationException',
    400,
    `1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint`,
  )
}
