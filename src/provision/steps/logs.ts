import type { Executor } from './executor.ts'

/** One Region after the other: what is gone stays gone where one fails. */
export const deleteLogs: Executor = async (inputs, cloud, context) => {
  const { name, regions } = inputs as { name: string; regions: string[] }
  for (const region of regions) {
    context.note(region)
    await cloud.aws.logs.remove(region, name)
  }
  return undefined
}
