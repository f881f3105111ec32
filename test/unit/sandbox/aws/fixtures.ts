import { expect } from 'vitest'
import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, PublishVersionCommand } from '@aws-sdk/client-lambda'
import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda'
import { strToU8, zipSync } from 'fflate'

import type { SdkClients } from '../../../helpers/sandbox-aws.ts'

export const ROLE = 'guard-role'
export const FUNCTION = 'guard-function'

/** A trust policy for the service principals. */
export function trustOf(...services: string[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: services.map((name) => `${name}.amazonaws.com`) },
        Action: 'sts:AssumeRole',
      },
    ],
  })
}

export const EDGE_TRUST = trustOf('lambda', 'edgelambda')

export function zipOf(source: string): Uint8Array {
  return zipSync({ 'index.js': strToU8(source) })
}

export async function createRole(
  { iam }: SdkClients,
  name = ROLE,
  trust = EDGE_TRUST,
): Promise<string> {
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }),
  )
  if (!Role?.Arn) throw new Error('no role ARN')
  return Role.Arn
}

export function functionInput(
  roleArn: string,
  input: Partial<CreateFunctionCommandInput> = {},
): CreateFunctionCommandInput {
  return {
    FunctionName: FUNCTION,
    Role: roleArn,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    MemorySize: 128,
    Timeout: 5,
    Code: { ZipFile: zipOf('exports.handler = async () => ({})') },
    ...input,
  }
}

/** A role, a function and version 1 of it; gives the version ARN. */
export async function publishedVersion(
  clients: SdkClients,
  input: Partial<CreateFunctionCommandInput> = {},
): Promise<string> {
  const name = input.FunctionName ?? FUNCTION
  const roleArn = input.Role ?? (await createRole(clients, `${name}-role`))
  await clients.lambda.send(new CreateFunctionCommand(functionInput(roleArn, input)))
  const { FunctionArn } = await clients.lambda.send(
    new PublishVersionCommand({ FunctionName: name }),
  )
  if (!FunctionArn) throw new Error('no version ARN')
  return FunctionArn
}

/** What `expect(...).rejects` should match for an error of AWS. */
export function awsError(name: string, status: number, message?: string | RegExp) {
  return {
    name,
    $metadata: { httpStatusCode: status },
    ...(message !== undefined && { message: expect.stringMatching(message) as string }),
  }
}
