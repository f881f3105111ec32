import type { Finding } from '../../plan/types.ts'

/** Near the end a smaller change may be the one that does not fit any more. */
const NEAR = 0.8

/** `used` and `most` are bytes of a document over all the parameters that it is cut into. */
export function checkSizes(documents: { name: string; used: number; most: number }[]): Finding[] {
  return documents
    .filter(({ used, most }) => used > most * NEAR)
    .map(({ name, used, most }) => ({
      code: 'ssm-size',
      severity: 'due',
      subject: name,
      message: `What is kept in SSM under ${name} takes ${used} of ${most} bytes.`,
      next: 'Make the settings smaller: fewer access rules, hosts or groups; in a rule, a group or a domain instead of many addresses.',
    }))
}
