import { GuardError } from '../../errors/guard-error.ts'
import type { CommandContext } from '../program/context.ts'
import type { RevokeOptions } from '../program/options.ts'

/** One person is asked about as any plan is; everybody is confirmed by the distribution's id. */
export async function confirmRevocation(
  context: CommandContext<RevokeOptions>,
  distribution: string,
  user: string | undefined,
): Promise<void> {
  if (user === undefined) return confirmEverybody(context, distribution)
  if (context.options.yes) return
  const agreed = await context.prompter.confirm({
    message: `End every session of ${user}?`,
    flag: '--yes',
  })
  if (!agreed) throw declined('Nothing was changed.')
}

async function confirmEverybody(
  { options, prompter, output }: CommandContext<RevokeOptions>,
  distribution: string,
): Promise<void> {
  if (options.confirm === distribution) return
  if (options.confirm === undefined && prompter.available) {
    output.notice('Everybody who is signed in will have to sign in again.')
    const typed = await prompter.input({
      message: `Type ${distribution} to end all of its sessions:`,
      flag: `--confirm ${distribution}`,
    })
    if (typed.trim() === distribution) return
    throw declined('That is not the id of the distribution; nothing was changed.')
  }
  throw new GuardError({
    code: 'confirmation-needed',
    message:
      options.confirm === undefined
        ? `revoke --all signs out everybody on ${distribution}, and that must be confirmed by the distribution's id.`
        : `--confirm ${options.confirm} is not the distribution whose sessions would end, ${distribution}.`,
    hint: 'Nothing was changed.',
    next: [`s3-okta-guard revoke --all --distribution ${distribution} --confirm ${distribution}`],
  })
}

function declined(message: string): GuardError {
  return new GuardError({ code: 'declined', message })
}
