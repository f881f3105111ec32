import { expect, test } from 'vitest'
import { interrupted, throwIfInterrupted } from '../../../src/errors/interrupted.ts'
import { startCli } from '../../helpers/cli.ts'
import { expectValid } from '../../helpers/schema.ts'
import { fakeCommand, STATUS } from './fake.ts'

/** Waits in the step until it is told to go on. */
function stepping() {
  const gate = deferred()
  const begun = deferred()
  const commands = fakeCommand(async ({ signal, output }) => {
    const step = output.steps(2).begin('create the role')
    begun.resolve()
    await gate.promise
    step.done()
    throwIfInterrupted(signal)
    output.info('the second step')
    return { exitCode: 0, data: STATUS, render: (view) => view.line('done') }
  })
  return { gate, begun, commands }
}

function deferred() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

test('the first Ctrl-C lets the step finish and exits 130', async () => {
  const { gate, begun, commands } = stepping()
  const run = await startCli(['status'], { commands })
  await begun.promise
  run.interrupt()
  expect(run.stderr()).toContain(
    'Stopping after this step. Press Ctrl-C again to stop now; run the same command to continue.',
  )
  gate.resolve()
  const { exitCode, stdout, stderr } = await run.done
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' })
  expect(stderr).toContain('step 1/2 create the role … done')
  expect(stderr).not.toContain('the second step')
  expect(stderr).toContain('hint: Run the same command again to continue.\n')
  expect(stderr.trimEnd().split('\n').at(-1)).toBe('next: s3-okta-guard status')
})

test('Ctrl-C with --json still prints exactly one document', async () => {
  const { gate, begun, commands } = stepping()
  const run = await startCli(['status', '--json'], { commands })
  await begun.promise
  run.interrupt()
  gate.resolve()
  const ended = await run.done
  expect(ended.exitCode).toBe(130)
  expectValid('status', ended.stdout)
  expect(ended.json.error?.code).toBe('interrupted')
})

test('the second Ctrl-C leaves at once, and what still runs prints nothing more on stdout', async () => {
  const { gate, begun, commands } = stepping()
  const run = await startCli(['status', '--json'], { commands })
  await begun.promise
  run.interrupt()
  run.interrupt()
  const ended = await run.done
  expect(ended.exitCode).toBe(130)
  expectValid('status', ended.stdout)
  gate.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  expect(run.stdout()).toBe(ended.stdout)
})

test('Ctrl-C ends a wait', async () => {
  const begun = deferred()
  const commands = fakeCommand(async ({ sleep }) => {
    begun.resolve()
    await sleep(3_600_000)
    throw new Error('slept through')
  })
  const run = await startCli(['status', '--json'], { commands })
  await begun.promise
  run.interrupt()
  const ended = await run.done
  expect(ended.exitCode).toBe(130)
  expectValid('status', ended.stdout)
})

test('a call that was aborted by Ctrl-C is an interruption, not a bug', async () => {
  const begun = deferred()
  const commands = fakeCommand(async ({ signal }) => {
    begun.resolve()
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        const error = new Error('The operation was aborted')
        error.name = 'AbortError'
        reject(error)
      })
    })
    throw new Error('unreachable')
  })
  const run = await startCli(['status'], { commands })
  await begun.promise
  run.interrupt()
  expect((await run.done).exitCode).toBe(130)
})

test('a command that was done when Ctrl-C came reports what it did', async () => {
  const begun = deferred()
  const gate = deferred()
  const commands = fakeCommand(async () => {
    begun.resolve()
    await gate.promise
    return { exitCode: 0, data: STATUS, render: (view) => view.line('done') }
  })
  const run = await startCli(['status'], { commands })
  await begun.promise
  run.interrupt()
  gate.resolve()
  expect(await run.done).toMatchObject({ exitCode: 0, stdout: 'done\n' })
})

test('after the run nobody listens for signals any more', async () => {
  const commands = fakeCommand(() => Promise.reject(interrupted()))
  const run = await startCli(['status'], { commands })
  const ended = await run.done
  run.interrupt()
  expect(run.stderr()).toBe(ended.stderr)
})
