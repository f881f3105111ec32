import { expect, test } from 'vitest'
import type { Plan, Step } from '../../../src/plan/types.ts'
import { planLines } from '../../../src/ui/plan-view.ts'
import { styleFor } from '../../../src/ui/style.ts'

const isTTY = { stdin: true, stdout: true, stderr: true }
const plain = styleFor({ env: {}, isTTY }, 'stdout', false)
const colored = styleFor({ env: {}, isTTY }, 'stdout', true)

const step = (given: Partial<Step>): Step => ({
  id: 'x',
  kind: 'x.y',
  action: 'create',
  resource: 'a thing',
  inputs: {},
  changes: [],
  after: [],
  warnings: [],
  reason: 'missing',
  ...given,
})

const plan = (...steps: Step[]): Plan => ({ steps, later: [], findings: [] })

const FULL = plan(
  step({ resource: 'IAM role s3-okta-guard-E1' }),
  step({
    action: 'update',
    resource: 'CloudFront distribution E1',
    changes: [
      { field: 'default: viewer-request', from: '', to: 's3-okta-guard-E1:1' },
      { field: 'comment', from: 'a', to: 'b' },
      { field: 'tag', from: 'a', to: '' },
    ],
    warnings: ['People see a sign-in page.'],
  }),
  step({ action: 'delete', resource: 'Lambda version 3' }),
  step({ action: 'wait', kind: 'distribution.deployed', resource: 'CloudFront to deploy' }),
  step({ action: 'check', resource: 'the site as a stranger' }),
)

test('every step has its glyph, its fields and its warning; counts and an estimate follow', () => {
  expect(planLines(FULL, plain)).toEqual([
    '  + IAM role s3-okta-guard-E1',
    '  ~ CloudFront distribution E1',
    '      default: viewer-request: s3-okta-guard-E1:1',
    '      comment: a → b',
    '      tag: a → (removed)',
    '    ! People see a sign-in page.',
    '  - Lambda version 3',
    '  . CloudFront to deploy',
    '  . the site as a stranger',
    '',
    '1 to create, 1 to change, 1 to delete, 1 with a warning (!). It takes about 4 minutes, most of it waiting for CloudFront.',
  ])
})

test('nothing to do is said', () => {
  expect(planLines(plan(), plain)).toEqual(['Nothing to change.'])
})

test('a short plan promises no CloudFront wait', () => {
  expect(planLines(plan(step({})), plain).at(-1)).toBe(
    '1 to create, 0 to change, 0 to delete. It takes less than a minute.',
  )
})

test('the waits of a rotation count, side by side', () => {
  const wait = (id: string): Step => step({ id, kind: 'wait', action: 'wait' })
  const seal = planLines(plan(step({}), wait('wait.seal.caches')), plain).at(-1)
  expect(seal).toContain('It takes about 6 minutes, most of it waiting for every edge.')
  const deployed = step({ id: 'wait.session.deployed', kind: 'cloudfront.wait', action: 'wait' })
  const both = plan(deployed, wait('wait.session.propagation'), wait('wait.seal.caches'))
  expect(planLines(both, plain).at(-1)).toContain('about 6 minutes')
})

test('colors add nothing that the text does not say', () => {
  const stripped = planLines(FULL, colored).map((line) => line.replace(/\u001b\[\d+m/g, ''))
  expect(stripped).toEqual(planLines(FULL, plain))
  expect(planLines(FULL, colored)).not.toEqual(stripped)
})
