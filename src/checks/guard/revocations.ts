import type { Observed } from '../../plan/observed.ts'
import { newestOf, notBeforeOf, revocationState } from '../../plan/resources/revocations.ts'
import type { Finding } from '../../plan/types.ts'

/** Somebody who should be out may still be in: nothing else in the record of a run that died is as urgent. */
export function checkRevocations(observed: Observed, distribution: string): Finding[] {
  const state = revocationState(observed)
  if (state === 'pending') return [pending(observed, distribution)]
  return state === 'lost' ? [lost(observed)] : []
}

function pending({ revocations }: Observed, distribution: string): Finding {
  const newest = new Date(newestOf(notBeforeOf(revocations)) * 1000).toISOString()
  return {
    code: 'revocation-pending',
    severity: 'broken',
    subject: '',
    message: `A revocation of ${newest} is on record and not yet in force at every edge: sessions that it should end go on.`,
    next: `Run the same again (s3-okta-guard revoke --distribution ${distribution} --user …, or --all); apply brings it in as well.`,
  }
}

function lost({ manifest }: Observed): Finding {
  const until = new Date((manifest?.revocations?.until ?? 0) * 1000).toISOString()
  return {
    code: 'revocations-lost',
    severity: 'broken',
    subject: '',
    message: `The record of revocations is gone or was changed. The edges still know them; the next change signs out everybody who signed in until ${until} instead.`,
    next: 's3-okta-guard apply',
  }
}
