import { EXIT } from '../errors/codes.ts'
import type { CompletionData } from '../ui/schemas/data.ts'
import { bashCompletion } from './completion/bash.ts'
import { fishCompletion } from './completion/fish.ts'
import { completedWords, type Completed } from './completion/words.ts'
import { zshCompletion } from './completion/zsh.ts'
import type { Command } from './program/context.ts'
import type { CompletionOptions, Shell } from './program/options.ts'
import type { RunnableCommand } from './program/spec.ts'

const SCRIPTS: Record<Shell, (words: Completed) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/** A script for the shell, made of the commands as they are declared. */
export function completionOf(
  commands: RunnableCommand[],
): Command<CompletionOptions, CompletionData> {
  return async ({ options: { shell } }) => {
    const script = SCRIPTS[shell](completedWords(commands))
    return {
      exitCode: EXIT.ok,
      data: { shell, script },
      render: (view) => view.line(script.trimEnd()),
    }
  }
}
