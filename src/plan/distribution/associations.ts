import { GuardError } from '../../errors/guard-error.ts'
import { foreignViewerFunctions, isOurs } from './behaviors.ts'
import type { Behavior, LambdaAssociation } from './distribution.ts'

interface Target {
  /** null takes the guard off. */
  versionArn: string | null
  restore: LambdaAssociation[]
}

/**
 * The Lambda associations of one behavior after the change: everybody else's stay, ours is put in or taken out.
 * Throws where another viewer function stands there by now.
 */
export function mergeAssociations(
  behavior: Pick<Behavior, 'pattern' | 'lambda' | 'functions'>,
  ourFunction: string,
  target: Target,
): LambdaAssociation[] {
  const others = behavior.lambda.filter(({ arn }) => !isOurs(arn, ourFunction))
  if (target.versionArn === null) {
    const restored = target.restore.filter(
      ({ eventType }) => !others.some((other) => other.eventType === eventType),
    )
    return [...others, ...restored]
  }
  const clashes = foreignViewerFunctions(behavior as Behavior, ourFunction)
  if (clashes.length > 0) {
    throw new GuardError({
      code: 'foreign-function',
      message: `Behavior ${behavior.pattern} has got a viewer function of another owner meanwhile; nothing was changed.`,
      details: clashes,
      hint: 'Remove it from the behavior, or leave the behavior out with --behavior.',
    })
  }
  return [...others, { arn: target.versionArn, eventType: 'viewer-request', includeBody: false }]
}
