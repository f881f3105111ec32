import type { Finding } from '../../plan/types.ts'

/** AWS takes no signature that is more than five minutes off: SigV4, "Elements of a request signature". */
const REFUSED_MS = 5 * 60_000
const WORTH_SAYING_MS = 60_000

/** `ahead` is how far AWS's clock is ahead of this machine's. Times that are kept come from AWS's clock. */
export function checkClock(ahead: number | undefined): Finding[] {
  if (ahead === undefined || Math.abs(ahead) <= WORTH_SAYING_MS) return []
  const off = `This machine's clock is ${lengthOf(Math.abs(ahead))} ${ahead > 0 ? 'behind' : 'ahead of'} AWS's`
  const far = Math.abs(ahead) > REFUSED_MS
  return [
    {
      code: 'clock',
      severity: far ? 'broken' : 'info',
      subject: '',
      message: far
        ? `${off}: AWS refuses calls that are signed with it.`
        : `${off}. From five minutes on AWS would refuse its calls.`,
      next: 'Set the clock by the network (NTP), then run this again.',
    },
  ]
}

function lengthOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000)
  if (milliseconds < 120_000) return `${Math.round(milliseconds / 1000)} seconds`
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
}
