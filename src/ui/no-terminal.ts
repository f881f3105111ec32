import { GuardError } from '../errors/guard-error.ts'
import type { Prompter, Question } from './prompter.ts'

/** Where nobody can answer: every question is an error that names its flag. */
export function noTerminal(reason: string): Prompter {
  const refuse = (question: Question) =>
    Promise.reject(
      new GuardError({
        code: 'input-needed',
        message: `"${question.message}" cannot be asked: ${reason}.`,
        hint: `Answer it with ${question.flag}.`,
      }),
    )
  return {
    available: false,
    select: refuse,
    checkbox: refuse,
    input: refuse,
    password: refuse,
    confirm: refuse,
  }
}
