import type { Cloud } from '../types.ts'
import type { DistributionModel } from './model.ts'
import { servedConfig } from './record.ts'

/** Every version ARN that a configuration associates. */
export function associated(model: DistributionModel): string[] {
  return model.behaviors.flatMap(({ lambda }) => lambda.map(({ arn }) => arn))
}

/** Ids of the distributions that want a version, or still serve with it. */
export function usesOf(cloud: Cloud, arn: string): string[] {
  return [...cloud.distributions.values()]
    .filter((record) =>
      [record.config, servedConfig(record, cloud.clock.now())].some((model) =>
        associated(model).includes(arn),
      ),
    )
    .map(({ id }) => id)
}
