import { describe, expect, test } from 'vitest'
import type { Faithful, Target } from './target.ts'
import { TAGS } from './target.ts'

/** Parameter Store. */
export function ssmContract(target: () => Target, faithful: Faithful): void {
  const plain = (name: string, value = 'v') => ({ name, value, secure: false, description: 'd' })
  const make = (name: string, value?: string) =>
    target().aws.ssm.create({ ...plain(name, value), tags: TAGS })

  describe('SSM', () => {
    test('a parameter is created once', async () => {
      expect(await make('/once/a')).toEqual({ version: 1 })
      expect(await make('/once/a', 'other')).toBe(false)
      expect(await target().aws.ssm.get(['/once/a'])).toEqual({
        '/once/a': { value: 'v', version: 1 },
      })
    })

    test('an update raises the version and keeps the tags', async () => {
      const { ssm } = target().aws
      await make('/update/a')
      expect(await ssm.update({ ...plain('/update/a', 'w'), description: 'new' })).toEqual({
        version: 2,
      })
      expect(await ssm.describe('/update/')).toEqual([
        expect.objectContaining({ name: '/update/a', version: 2, description: 'new', tags: TAGS }),
      ])
    })

    test('describe shows what is below the path, without values', async () => {
      const { ssm } = target().aws
      await make('/below/a')
      await make('/below/deep/b')
      await make('/belowish/c')
      await ssm.create({ ...plain('/below/secret', 'hush'), secure: true, tags: {} })
      const found = (await ssm.describe('/below/')).sort((a, b) => (a.name < b.name ? -1 : 1))
      expect(found.map(({ name, type, tags }) => ({ name, type, tags }))).toEqual([
        { name: '/below/a', type: 'String', tags: TAGS },
        { name: '/below/deep/b', type: 'String', tags: TAGS },
        { name: '/below/secret', type: 'SecureString', tags: {} },
      ])
      expect(found[2]?.keyId).toBe('alias/aws/ssm')
      expect(JSON.stringify(found)).not.toContain('hush')
    })

    test('more names than one call takes are described, read and removed', async () => {
      const { ssm } = target().aws
      const names = Array.from({ length: 53 }, (_, index) => `/many/${index}`)
      for (const name of names) await make(name, name)
      expect(await ssm.describe('/many/')).toHaveLength(53)
      expect((await ssm.names('/many/')).sort()).toEqual([...names].sort())
      const found = await ssm.get([...names, '/many/missing'])
      expect(Object.keys(found).sort()).toEqual([...names].sort())
      expect(found['/many/42']?.value).toBe('/many/42')
      await ssm.remove([...names, '/many/missing'])
      await ssm.remove(names)
      expect(await ssm.describe('/many/')).toEqual([])
      expect(await ssm.get(names)).toEqual({})
    })

    test('nothing asked is nothing found', async () => {
      expect(await target().aws.ssm.get([])).toEqual({})
      await target().aws.ssm.remove([])
    })

    test('a secret is decrypted only when it is asked for', async () => {
      const { ssm } = target().aws
      const secret = { ...plain('/secret/a', 'hush'), secure: true }
      await ssm.create({ ...secret, tags: TAGS })
      expect(await ssm.getSecret('/secret/a')).toEqual({ value: 'hush', version: 1 })
      expect(await ssm.getSecret('/secret/none')).toBeUndefined()
      await ssm.update({ ...secret, value: 'other' })
      expect(await ssm.getSecret('/secret/a')).toEqual({ value: 'other', version: 2 })
      const encrypted = await ssm.get(['/secret/a'])
      expect(encrypted['/secret/a']?.value).not.toBe('other')
      if (faithful.encryption) expect(encrypted['/secret/a']?.value).not.toContain('other')
    })

    test('the KMS key that was chosen stands at the parameter, and gives way to another', async () => {
      const { ssm } = target().aws
      const [first, second] = [await target().makeKmsKey(), await target().makeKmsKey()]
      const secret = { ...plain('/keyed/a', 'hush'), secure: true }
      await ssm.create({ ...secret, keyId: first, tags: TAGS })
      const keyId = async () => (await ssm.describe('/keyed/'))[0]?.keyId
      expect(await keyId()).toBe(first)
      await ssm.update({ ...secret, keyId: second })
      expect(await keyId()).toBe(second)
      expect(await ssm.getSecret('/keyed/a')).toEqual({ value: 'hush', version: 2 })
    })

    test('an empty value and a name of AWS are refused', async () => {
      await expect(make('/empty/a', '')).rejects.toMatchObject({ code: 'aws-failed' })
      await expect(make('/aws/a')).rejects.toMatchObject({ code: 'aws-denied' })
    })

    if (faithful.sizes) {
      test('a value above 4,096 bytes is refused', async () => {
        expect(await make('/size/fits', 'x'.repeat(4096))).toEqual({ version: 1 })
        const over = make('/size/over', 'x'.repeat(4097))
        await expect(over).rejects.toMatchObject({ code: 'aws-failed' })
      })
    }
  })
}
