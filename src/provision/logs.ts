import { GuardError } from '../errors/guard-error.ts'
import { EDGE_REGIONS } from '../plan/regions.ts'
import { logGroupOf, type EdgeLogs, type LogGroup } from '../plan/resources/logs.ts'
import type { Cloud } from './cloud.ts'

/** Asks every Region at once. That all of them refuse is no accident: then nothing is begun. */
export async function findLogs(distribution: string, { aws }: Cloud): Promise<EdgeLogs> {
  const name = logGroupOf(distribution)
  const found: LogGroup[] = []
  const unknown: EdgeLogs['unknown'] = []
  const errors: GuardError[] = []
  await Promise.all(
    EDGE_REGIONS.map(async (region) => {
      try {
        const group = await aws.logs.find(region, name)
        if (group) found.push({ region, ...group })
      } catch (error) {
        if (!(error instanceof GuardError) || error.code === 'interrupted') throw error
        errors.push(error)
        unknown.push({ region, why: error.message })
      }
    }),
  )
  const [first] = errors
  if (first && errors.length === EDGE_REGIONS.length) throw first
  return { found: inOrder(found), unknown: inOrder(unknown) }
}

function inOrder<T extends { region: string }>(list: T[]): T[] {
  const regions: readonly string[] = EDGE_REGIONS
  return list.sort((one, other) => regions.indexOf(one.region) - regions.indexOf(other.region))
}
