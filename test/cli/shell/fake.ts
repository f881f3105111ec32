import type { Command } from '../../../src/commands/program/context.ts'
import { teardownFlags } from '../../../src/commands/program/flags.ts'
import { TEARDOWN_DEFAULTS } from '../../../src/commands/program/options.ts'
import type { TeardownOptions } from '../../../src/commands/program/options.ts'
import { runnable } from '../../../src/commands/program/spec.ts'
import type { RunnableCommand } from '../../../src/commands/program/spec.ts'
import type { StatusData } from '../../../src/ui/schemas/data.ts'

export type FakeCommand = Command<TeardownOptions, unknown>

/** A command that only tests know, under the name of a shipped one so that its schema holds. */
export function fakeCommand(run: FakeCommand, name = 'status'): RunnableCommand[] {
  return [
    runnable({
      name,
      summary: 'only for tests',
      examples: [{ line: name, does: 'nothing' }],
      flags: teardownFlags,
      defaults: TEARDOWN_DEFAULTS,
      readsConfig: true,
      load: async () => run,
    }),
  ]
}

export const STATUS: StatusData = {
  distribution: 'E123',
  state: 'installed',
  parts: [{ part: 'role', state: 'ok', detail: '' }],
  keys: [],
  findings: [],
  later: [],
  sites: ['https://reports.example.com'],
  next: [],
}
