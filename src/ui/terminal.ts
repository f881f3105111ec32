import type { Readable } from 'node:stream'
import type inquirer from 'inquirer'
import { anySignal } from '../errors/any-signal.ts'
import { interruptedInQuestion } from '../errors/interrupted.ts'
import type { Io } from './io.ts'
import type { Choice, Prompter, TextQuestion } from './prompter.ts'

type PromptModule = ReturnType<typeof inquirer.createPromptModule>
type Inquiry = Parameters<PromptModule>[0]

/** Asks in the terminal, on stderr, so that stdout stays the result. */
export function terminalPrompter(
  io: Pick<Io, 'stdin' | 'stderr'>,
  signal: AbortSignal,
  /** Takes whatever moves off the screen before a question is drawn. */
  settle: () => void,
): Prompter {
  const ask = async <T>(question: object): Promise<T> => {
    settle()
    const { createPromptModule } = await import('inquirer')
    const leaving = leavingOf(io.stdin)
    const prompt = createPromptModule({
      input: io.stdin as NodeJS.ReadStream,
      output: io.stderr as NodeJS.WriteStream,
      signal: anySignal([signal, leaving.signal]),
    })
    try {
      const answers: Record<string, unknown> = await prompt([
        { name: 'answer', ...question },
      ] as unknown as Inquiry)
      return answers['answer'] as T
    } catch (error) {
      throw isLeaving(error) ? interruptedInQuestion(error) : error
    } finally {
      leaving.end()
    }
  }
  return {
    available: true,
    select: ({ message, choices }) =>
      ask({ type: 'select', message, choices: listed(choices), loop: false }),
    checkbox: ({ message, choices, required = false }) =>
      ask({ type: 'checkbox', message, choices: listed(choices), required, loop: false }),
    input: (question) => ask({ type: 'input', ...textual(question), default: question.default }),
    password: (question) =>
      ask({ type: 'password', mask: '*', toggleMask: false, ...textual(question) }),
    confirm: ({ message }) => ask({ type: 'confirm', message, default: false }),
  }
}

function textual({ message, validate }: TextQuestion): object {
  return { message, ...(validate && { validate }) }
}

function listed<T>(choices: Choice<T>[]): object[] {
  return choices.map(({ disabled, ...choice }) => ({
    ...choice,
    ...(disabled !== undefined && { disabled: `(${disabled})` }),
  }))
}

/** Aborts on Ctrl-D and at the end of stdin, where inquirer would wait for ever. */
function leavingOf(stdin: Readable): { signal: AbortSignal; end(): void } {
  const controller = new AbortController()
  const abort = () => controller.abort()
  const onKey = (_text: string | undefined, key: { ctrl?: boolean; name?: string }) => {
    if (key.ctrl === true && key.name === 'd') abort()
  }
  if (stdin.readableEnded || stdin.destroyed) abort()
  stdin.on('end', abort).on('close', abort).on('keypress', onKey)
  return {
    signal: controller.signal,
    end: () => void stdin.off('end', abort).off('close', abort).off('keypress', onKey),
  }
}

/** Ctrl-C, a closed stdin, or our own signal. */
function isLeaving(error: unknown): boolean {
  return error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name)
}
