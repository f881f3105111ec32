import { expect, describe, test } from 'vitest'
import type { Target } from './target.ts'

/** CloudWatch Logs, in several Regions. */
export function logsContract(target: () => Target): void {
  const PREFIX = '/aws/lambda/us-east-1.edge'

  describe('Logs', () => {
    test('a group that is not there is undefined, and removed', async () => {
      const { logs } = target().aws
      expect(await logs.find('eu-west-1', '/nobody')).toBeUndefined()
      await logs.remove('eu-west-1', '/nobody')
    })

    test('a group is found in its own Region alone, with its retention', async () => {
      const { logs } = target().aws
      await target().makeLogGroup(`${PREFIX}-kept`, 'eu-central-1', 30)
      await target().makeLogGroup(`${PREFIX}-endless`, 'us-east-1')
      const kept = await logs.find('eu-central-1', `${PREFIX}-kept`)
      expect(kept?.retentionDays).toBe(30)
      expect(kept?.bytes).toBeGreaterThanOrEqual(0)
      const endless = await logs.find('us-east-1', `${PREFIX}-endless`)
      expect(endless).toHaveProperty('retentionDays', undefined)
      expect(await logs.find('us-east-1', `${PREFIX}-kept`)).toBeUndefined()
      expect(await logs.find('eu-central-1', `${PREFIX}-endless`)).toBeUndefined()
    })

    test('a group whose name goes on is another one', async () => {
      const { logs } = target().aws
      await target().makeLogGroup(`${PREFIX}-long-name`, 'sa-east-1')
      expect(await logs.find('sa-east-1', `${PREFIX}-long`)).toBeUndefined()
      await logs.remove('sa-east-1', `${PREFIX}-long`)
      expect(await logs.find('sa-east-1', `${PREFIX}-long-name`)).toBeDefined()
    })

    test('among more of one prefix than a page holds, the very one is found', async () => {
      const { logs } = target().aws
      const names = Array.from(
        { length: 60 },
        (_, index) => `/many/${String(index).padStart(3, '0')}`,
      )
      for (const name of names) await target().makeLogGroup(name, 'us-west-2')
      expect(await logs.find('us-west-2', '/many/059')).toBeDefined()
      expect(await logs.find('us-west-2', '/many/')).toBeUndefined()
    })

    test('a group is removed from one Region, and is gone again', async () => {
      const { logs } = target().aws
      const name = `${PREFIX}-leaving`
      for (const region of ['ap-south-1', 'eu-west-2']) await target().makeLogGroup(name, region)
      await logs.remove('ap-south-1', name)
      await logs.remove('ap-south-1', name)
      expect(await logs.find('ap-south-1', name)).toBeUndefined()
      expect(await logs.find('eu-west-2', name)).toBeDefined()
    })
  })
}
