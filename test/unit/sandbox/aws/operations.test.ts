import { describe, expect, it } from 'vitest'

import { createOperations } from '../../../../src/sandbox/operations.ts'
import type { Operations, Reply } from '../../../../src/sandbox/types.ts'

const write = { service: 'iam', operation: 'CreateRole', mutating: true, resource: 'r' }
const read = { service: 'iam', operation: 'GetRole', mutating: false, resource: 'r' }
const ok = (): Reply => ({ status: 200 })

function operations(): Operations {
  return createOperations({ now: () => 7 })
}

describe('the operation log', () => {
  it('numbers on arrival, however long a call takes', async () => {
    const ops = operations()
    let finish: (reply: Reply) => void = () => undefined
    const slow = ops.perform(write, () => new Promise<Reply>((resolve) => (finish = resolve)))
    await ops.perform(read, ok)
    await ops.perform(write, ok)
    finish({ status: 201 })
    await slow
    expect(ops.log).toMatchObject([
      { seq: 1, mutation: 1, operation: 'CreateRole', status: 201, at: 7 },
      { seq: 2, mutation: 0, operation: 'GetRole', status: 200 },
      { seq: 3, mutation: 2, operation: 'CreateRole', status: 200 },
    ])
  })

  it('drops the answer of a call that is under way when the caller dies', async () => {
    const ops = operations()
    let finish: (reply: Reply) => void = () => undefined
    const slow = ops.perform(read, () => new Promise<Reply>((resolve) => (finish = resolve)))
    ops.arm({ at: { mutation: 1 }, kind: 'crash-before' })
    await ops.perform(write, ok)
    finish({ status: 200 })
    expect(await slow).toBeUndefined()
    expect(ops.log.map(({ status }) => status)).toEqual([0, 0])
  })

  it('counts from when a fault was armed, also calls that another fault hits', async () => {
    const ops = operations()
    await ops.perform(write, ok)
    ops.arm({ at: { mutation: 1 }, kind: 'reset' })
    ops.arm({ at: { mutation: 2 }, kind: { status: 503 } })
    expect(await ops.perform(write, ok)).toBeUndefined()
    expect(await ops.perform(write, ok)).toEqual({ status: 503, body: '' })
    expect(await ops.perform(write, ok)).toEqual({ status: 200 })
  })

  it('hits the n-th call of one operation and the ones after it as often as told', async () => {
    const ops = operations()
    ops.arm({ at: { operation: 'GetRole', nth: 2 }, kind: 'reset', times: 2 })
    const answers: (Reply | undefined)[] = []
    for (let index = 0; index < 4; index += 1) answers.push(await ops.perform(read, ok))
    expect(answers.map((reply) => reply?.status)).toEqual([200, undefined, undefined, 200])
  })

  it('disarms what is left when it is revived', async () => {
    const ops = operations()
    ops.arm({ at: { mutation: 1 }, kind: 'crash-after' })
    ops.arm({ at: { mutation: 2 }, kind: 'reset' })
    expect(await ops.perform(write, ok)).toBeUndefined()
    expect(await ops.perform(read, ok)).toBeUndefined()
    ops.revive()
    expect(ops.crashed).toBe(false)
    expect(await ops.perform(write, ok)).toEqual({ status: 200 })
  })

  it('can be cleared', async () => {
    const ops = operations()
    await ops.perform(read, ok)
    ops.clearLog()
    expect(ops.log).toEqual([])
  })
})
