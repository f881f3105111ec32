import { describe, expect, it } from 'vitest'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { errorLines } from '../../../src/ui/error-view.ts'
import type { Style } from '../../../src/ui/style.ts'

const PLAIN: Style = { color: false, paint: (_tone, text) => text }

describe('errorLines', () => {
  it('says what happened first and what to type last', () => {
    const error = new GuardError({
      code: 'aws-failed',
      message: 'AWS failed.',
      details: ['here'],
      hint: 'Try again.',
      next: ['again'],
    })
    expect(errorLines(error, PLAIN)).toEqual([
      'error: AWS failed.',
      '  here',
      'hint: Try again.',
      'next: again',
    ])
  })

  it('does not call it an error when only time must pass', () => {
    const error = new GuardError({ code: 'replicas-remain', message: 'Replicas remain.' })
    expect(errorLines(error, PLAIN)).toEqual(['unfinished: Replicas remain.'])
  })

  it('does not call an interruption an error', () => {
    const error = new GuardError({ code: 'interrupted', message: 'Interrupted.' })
    expect(errorLines(error, PLAIN)).toEqual(['Interrupted.'])
  })
})
