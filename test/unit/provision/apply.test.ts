import { describe, expect, it } from 'vitest'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { step } from '../../../src/plan/step.ts'
import type { Plan } from '../../../src/plan/types.ts'
import { applyPlan, type ApplyProgress } from '../../../src/provision/apply.ts'
import type { Cloud } from '../../../src/provision/cloud.ts'
import type { Lock } from '../../../src/provision/lock.ts'

const SILENT: ApplyProgress = {
  begin: () => undefined,
  note: () => undefined,
  done: () => undefined,
  failed: () => undefined,
}
const HELD: Lock = { assertHeld: () => undefined, release: () => Promise.resolve() }

/** Two steps, each of which removes one parameter. */
const PLAN: Plan = {
  steps: ['first', 'second'].map((name) =>
    step({
      id: name,
      kind: 'parameters.delete',
      action: 'delete',
      reason: 'settings',
      resource: name,
      inputs: { names: [name] },
    }),
  ),
  later: [],
  findings: [],
}

function cloud(removed: string[], signal = new AbortController().signal): Cloud {
  const ssm = {
    remove: (names: string[]) => {
      removed.push(...names)
      return Promise.resolve()
    },
  }
  return { aws: { ssm }, signal } as unknown as Cloud
}

const on = { distribution: 'E1' }

describe('applyPlan', () => {
  it('runs the steps in their order', async () => {
    const removed: string[] = []
    const applied = await applyPlan(PLAN, cloud(removed), HELD, on, SILENT)
    expect(removed).toEqual(['first', 'second'])
    expect(applied.map(({ id }) => id)).toEqual(['first', 'second'])
  })

  it('changes nothing more once another run has taken the lock', async () => {
    const removed: string[] = []
    const lost: Lock = {
      ...HELD,
      assertHeld() {
        if (removed.length > 0) throw new GuardError({ code: 'lock-lost', message: 'Taken over.' })
      },
    }
    const run = applyPlan(PLAN, cloud(removed), lost, on, SILENT)
    await expect(run).rejects.toMatchObject({ code: 'lock-lost' })
    expect(removed).toEqual(['first'])
  })

  it('B06 stops between two steps, and says how far it came', async () => {
    const removed: string[] = []
    const stop = new AbortController()
    const progress = {
      ...SILENT,
      done: () => {
        stop.abort()
      },
    }
    const run = applyPlan(PLAN, cloud(removed, stop.signal), HELD, on, progress)
    await expect(run).rejects.toMatchObject({
      code: 'interrupted',
      message: 'Interrupted after 1 of 2 steps; what was done stays.',
    })
    expect(removed).toEqual(['first'])
  })

  it('fills in what an earlier step has given, and refuses a ref that nobody gave', async () => {
    const [first] = PLAN.steps
    const plan: Plan = {
      ...PLAN,
      steps: [{ ...first!, inputs: { names: [{ ref: 'nobody.name' }] } }],
    }
    const removed: string[] = []
    await expect(applyPlan(plan, cloud(removed), HELD, on, SILENT)).rejects.toThrow('nobody.name')
    expect(removed).toEqual([])
  })
})
