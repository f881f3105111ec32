import { createHash } from 'node:crypto'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { awsFailureOf } from '../../src/aws/failure.ts'
import type { Faithful, Target } from './target.ts'
import { TAGS, TRUST } from './target.ts'

const zipOf = (code: string): Uint8Array =>
  zipSync({ 'index.js': strToU8(code) }, { mtime: new Date(1980, 0, 1) })
const digest = (zip: Uint8Array): string => createHash('sha256').update(zip).digest('base64')
const FIRST = zipOf('exports.handler = async (event) => event.Records[0].cf.request')
const SECOND = zipOf('exports.handler = async () => ({ status: "403" })')

/** Lambda's control plane. */
export function lambdaContract(target: () => Target, faithful: Faithful): void {
  async function inputFor(name: string) {
    const { iam } = target().aws
    const role = await iam.getRole('lambda-contract')
    const tags = {}
    const made =
      role ??
      (await iam.createRole({ name: 'lambda-contract', description: '', trust: TRUST, tags }))
    await target().settle()
    const settings = { runtime: 'nodejs22.x', handler: 'index.handler', memory: 128, timeout: 5 }
    return { name, description: 'of a test', roleArn: made.arn, ...settings }
  }

  async function make(name: string) {
    const input = await inputFor(name)
    await target().aws.lambda.createFunction({ ...input, zip: FIRST, tags: TAGS })
    return input
  }

  async function settled(name: string) {
    const input = await make(name)
    await target().settle()
    return input
  }

  const failureOf = async (call: Promise<unknown>) =>
    awsFailureOf(await call.catch((error: unknown) => error))

  describe('Lambda', () => {
    test('what is not there is undefined, and deleted', async () => {
      const { lambda } = target().aws
      const arn = 'arn:aws:lambda:us-east-1:123456789012:function:nobody'
      expect(await lambda.getFunction('nobody')).toBeUndefined()
      expect(await lambda.getVersion(`${arn}:1`)).toBeUndefined()
      expect(await lambda.deleteVersion(`${arn}:1`)).toBe(true)
      expect(await lambda.deleteFunction('nobody')).toBe(true)
    })

    test('a role that Lambda cannot assume is told by its reason', async () => {
      const input = await inputFor('early')
      const roleArn = input.roleArn.replace(/[^/]+$/, 'not-there-yet')
      const create = target().aws.lambda.createFunction({ ...input, roleArn, zip: FIRST, tags: {} })
      expect(await failureOf(create)).toMatchObject({ reason: 'role-not-assumable', status: 400 })
    })

    test('a function reads back as it was created', async () => {
      const input = await settled('fresh')
      const found = await target().aws.lambda.getFunction('fresh')
      expect(found).toMatchObject({
        name: 'fresh',
        roleArn: input.roleArn,
        runtime: 'nodejs22.x',
        handler: 'index.handler',
        memory: 128,
        timeout: 5,
        codeSha256: digest(FIRST),
        state: 'Active',
        tags: TAGS,
        versions: [],
      })
      expect(found?.arn).toMatch(/^arn:aws:lambda:us-east-1:\d{12}:function:fresh$/)
    })

    test('a second function of that name is refused as existing', async () => {
      const input = await settled('twice')
      const again = target().aws.lambda.createFunction({ ...input, zip: FIRST, tags: {} })
      expect(await failureOf(again)).toMatchObject({ reason: 'already-exists', status: 409 })
    })

    test('configuration and code can be changed', async () => {
      const { lambda } = target().aws
      const input = await settled('changed')
      await lambda.updateConfiguration({ ...input, timeout: 4, runtime: 'nodejs20.x' })
      await target().settle()
      await lambda.updateCode('changed', SECOND)
      await target().settle()
      expect(await lambda.getFunction('changed')).toMatchObject({
        timeout: 4,
        runtime: 'nodejs20.x',
        codeSha256: digest(SECOND),
        lastUpdateStatus: 'Successful',
        tags: TAGS,
      })
    })

    test('versions are published, listed oldest first, read and deleted', async () => {
      const { lambda } = target().aws
      await settled('published')
      const one = await lambda.publishVersion('published', digest(FIRST), 'first')
      await target().settle()
      await lambda.updateCode('published', SECOND)
      await target().settle()
      const two = await lambda.publishVersion('published', digest(SECOND), 'second')
      await target().settle()
      expect(one).toMatchObject({ version: '1', codeSha256: digest(FIRST), runtime: 'nodejs22.x' })
      expect(one.arn).toMatch(/:function:published:1$/)
      const found = await lambda.getFunction('published')
      expect(found?.versions).toEqual([one, two])
      expect(await lambda.getVersion(two.arn)).toEqual({
        ...two,
        description: 'second',
        state: 'Active',
      })
      expect(await lambda.deleteVersion(one.arn)).toBe(true)
      expect((await lambda.getFunction('published'))?.versions).toEqual([two])
      expect(await lambda.getVersion(one.arn)).toBeUndefined()
      expect(await lambda.deleteFunction('published')).toBe(true)
      expect(await lambda.getFunction('published')).toBeUndefined()
    })

    if (faithful.publish) {
      test('publishing twice makes one version, and other code is refused', async () => {
        const { lambda } = target().aws
        await settled('careful')
        const one = await lambda.publishVersion('careful', digest(FIRST), 'first')
        await target().settle()
        expect(await lambda.publishVersion('careful', digest(FIRST), 'again')).toEqual(one)
        const wrong = lambda.publishVersion('careful', digest(SECOND), 'wrong')
        expect(await failureOf(wrong)).toBeDefined()
      })
    }

    if (faithful.pending) {
      test('a function that is not active yet says that something is in progress', async () => {
        await make('pending')
        const { lambda } = target().aws
        expect((await lambda.getFunction('pending'))?.state).toBe('Pending')
        expect(await failureOf(lambda.updateCode('pending', SECOND))).toMatchObject({
          reason: 'in-progress',
        })
      })
    }
  })
}
