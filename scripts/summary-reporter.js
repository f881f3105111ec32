import { setImmediate as nextTurn } from 'node:timers/promises'

/** A vitest reporter: the last line of every suite, which `.ci/run` and people read alike. */
export default class SummaryReporter {
  async onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      counts.failed += module.errors().length
      for (const test of module.children.allTests()) counts[nameOf(test.result().state)] += 1
    }
    // A run that found no test at all must not look like one that passed.
    if (modules.length === 0) counts.failed += 1
    await nextTurn()
    process.stdout.write(
      `\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
    )
  }
}

function nameOf(state) {
  return state === 'passed' || state === 'failed' ? state : 'skipped'
}
