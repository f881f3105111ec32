import { expect } from 'vitest'
import { validatorOf } from './schema.ts'

export interface CliEvent {
  event: string
  time: string
  command: string
  [field: string]: unknown
}

/** Every line of stderr is one event that keeps the shipped schema. */
export function eventsOf(stderr: string): CliEvent[] {
  const validate = validatorOf('event')
  expect(stderr.endsWith('\n')).toBe(true)
  return stderr
    .slice(0, -1)
    .split('\n')
    .map((line) => {
      const event = JSON.parse(line) as CliEvent
      expect(validate(event) ? [] : validate.errors, line).toEqual([])
      return event
    })
}
