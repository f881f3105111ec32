import { AwsError } from '../errors.ts'
import { stringOf } from './record.ts'
import type { SsmOperation } from './record.ts'

const THROUGHPUT = '/ssm/parameter-store/high-throughput-enabled'

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetServiceSetting.html */
export const serviceSettingOperations: Record<string, SsmOperation> = {
  GetServiceSetting: {
    mutating: false,
    resource: (input) => stringOf(input, 'SettingId'),
    arns: (input, { account, region }) => [
      `arn:aws:ssm:${region}:${account}:servicesetting${settingOf(stringOf(input, 'SettingId'))}`,
    ],
    run(input, { account, region, cloud }) {
      const id = settingOf(stringOf(input, 'SettingId'))
      if (id !== THROUGHPUT) throw new AwsError('ServiceSettingNotFound', 400, `${id} not found.`)
      return {
        ServiceSetting: {
          SettingId: id,
          SettingValue: String(cloud.highThroughput),
          ARN: `arn:aws:ssm:${region}:${account}:servicesetting${id}`,
          Status: cloud.highThroughput ? 'Customized' : 'Default',
        },
      }
    },
  },
}

/** By its name or by its ARN. */
function settingOf(id: string): string {
  return id.replace(/^arn:[^/]*servicesetting/, '')
}
