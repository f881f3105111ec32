import type { GuardError } from '../errors/guard-error.ts'
import type { Finding } from '../plan/types.ts'

/** What would end a command, as one finding among others; its code is the error's own. */
export function refused(error: GuardError, subject = ''): Finding {
  const { code, message, details, hint, next } = error
  const known = details.filter((line) => !message.includes(line))
  return {
    code,
    severity: 'broken',
    subject,
    message: [message, ...known].join(' '),
    next: [hint, ...next.slice(0, 1)].filter((part) => part !== undefined).join(' '),
  }
}

/** Said, so that nobody takes silence for a good sign. */
export function notChecked(subject: string, why: string, next: string): Finding {
  return {
    code: 'not-checked',
    severity: 'info',
    subject,
    message: `This was not checked: ${why.replace(/\.$/, '')}.`,
    next,
  }
}
