import { GuardError } from '../../errors/guard-error.ts'
import { OWNER_TAG } from '../../plan/observed.ts'
import { encodeDocument } from '../documents.ts'
import type { Cloud } from '../cloud.ts'
import type { Executor, StepContext } from './executor.ts'

/** Writes the further chunks first, then the head, then clears away the chunks of the former version. */
export const putDocument: Executor = async (inputs, cloud, context) => {
  const { name, value, plain } = inputs as { name: string; value: unknown; plain?: boolean }
  if (plain === true) {
    await putParameter(cloud, context, { name, value: String(value) })
    return undefined
  }
  const { head, chunks } = encodeDocument(name, value)
  for (const [chunk, text] of Object.entries(chunks)) {
    await putParameter(cloud, context, { name: chunk, value: text })
  }
  await putParameter(cloud, context, { name, value: head })
  const parts = await cloud.aws.ssm.names(name)
  const stale = parts.filter((part) => isStale(part, name, chunks))
  if (stale.length > 0) await cloud.aws.ssm.remove(stale)
  return undefined
}

function isStale(part: string, name: string, chunks: Record<string, string>): boolean {
  return part.startsWith(`${name}.`) && !(part in chunks)
}

interface PutInput {
  name: string
  value: string
  secure?: boolean
  /** For a SecureString; without it, the key that it is encrypted with. */
  keyId?: string
  description?: string
}

/** SSM takes tags only without Overwrite, so creating and updating are two calls; whichever fits is made. */
export async function putParameter(
  cloud: Cloud,
  context: Pick<StepContext, 'distribution'>,
  input: PutInput,
): Promise<{ version: number }> {
  const { ssm } = cloud.aws
  const parameter = {
    name: input.name,
    value: input.value,
    secure: input.secure ?? false,
    description: input.description ?? 's3-okta-guard',
    ...(input.keyId !== undefined && { keyId: input.keyId }),
  }
  const tags = { [OWNER_TAG]: context.distribution }
  const created = await ssm.create({ ...parameter, tags })
  if (created) return created
  const [found] = (await ssm.describe(input.name)).filter(({ name }) => name === input.name)
  if (found && found.tags[OWNER_TAG] !== context.distribution) {
    throw new GuardError({
      code: 'not-ours',
      message: `SSM parameter ${input.name} is there already, and is not the guard's.`,
      hint: `Delete it, or tag it ${OWNER_TAG}=${context.distribution} if it is a leftover of this tool.`,
    })
  }
  // Without one, SSM would fall back to the key of AWS.
  const keyId = input.keyId ?? found?.keyId ?? ''
  return ssm.update(parameter.secure && keyId !== '' ? { ...parameter, keyId } : parameter)
}

export const deleteParameters: Executor = async (inputs, cloud) => {
  const { names } = inputs as { names: string[] }
  await cloud.aws.ssm.remove(names)
  return undefined
}
