import type { Settings } from '../../access/settings.ts'
import { isGuarded, isOurs } from '../../plan/distribution/behaviors.ts'
import { functionArn } from '../../plan/names.ts'
import type { Distribution } from '../../plan/distribution/distribution.ts'
import type { Observed } from '../../plan/observed.ts'
import type { Finding } from '../../plan/types.ts'

/** A behavior that should be guarded and is not: whoever knows its address reads it. */
export function checkOpenBehaviors(
  settings: Settings,
  observed: Observed,
  distribution: Distribution,
): Finding[] {
  // Settings are recorded once a stranger has met the guard: before that nothing was ever closed.
  if (!observed.settings || observed.manifest?.state === 'tearing-down') return []
  const ours = functionArn(observed.identity.account, distribution.id)
  return distribution.behaviors
    .filter(({ pattern }) => isGuarded(settings, pattern))
    .filter(({ lambda }) => !lambda.some(({ arn }) => isOurs(arn, ours)))
    .map(({ pattern }) => ({
      code: 'behavior-open',
      severity: 'exposed',
      subject: pattern,
      message: `Cache behavior ${pattern} has no guard: everybody can read what it serves.`,
      next: 's3-okta-guard apply',
    }))
}

/** Left out on purpose. */
export function checkUnguarded(settings: Settings, distribution: Distribution): Finding[] {
  return distribution.behaviors
    .filter(({ pattern }) => !isGuarded(settings, pattern))
    .map(({ pattern }) => ({
      code: 'behavior-unguarded',
      severity: 'info',
      subject: pattern,
      message: `Cache behavior ${pattern} is not guarded, as the settings say.`,
      next: 'If that is not meant: name it in behaviors, or say "all", and run apply.',
    }))
}

/**
 * Session cookies are Secure, so that over plain http nobody is signed in and nothing of theirs is sent; the guard
 * sends strangers to https. Only what is public goes over the wire in clear text: worth knowing, and no hole.
 */
export function checkViewerProtocol(settings: Settings, distribution: Distribution): Finding[] {
  return distribution.behaviors
    .filter(({ pattern }) => isGuarded(settings, pattern))
    .filter(({ viewerProtocolPolicy }) => viewerProtocolPolicy === 'allow-all')
    .map(({ pattern }) => ({
      code: 'viewer-protocol',
      severity: 'info',
      subject: pattern,
      message: `Cache behavior ${pattern} takes plain http, where nobody can be signed in: the guard sends people on to https, and public paths are served in clear text.`,
      next: 'Set its viewer protocol policy to redirect-to-https.',
    }))
}
