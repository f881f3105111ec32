import { expect, test } from 'vitest'
import type { Channel } from '../../../src/ui/channel.ts'
import { createChannel } from '../../../src/ui/channel.ts'
import { createProgress, elapsed } from '../../../src/ui/progress.ts'
import type { Spinner } from '../../../src/ui/spinner.ts'
import { styleFor } from '../../../src/ui/style.ts'
import { Writable } from 'node:stream'

const isTTY = { stdin: false, stdout: false, stderr: false }
const style = styleFor({ env: {}, isTTY }, 'stderr', true)

function setup(spinner?: Spinner) {
  let written = ''
  let time = 0
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString()
      done()
    },
  })
  const channel: Channel = createChannel(stream, false)
  const progress = createProgress({ channel, style, spinner, now: () => time }, 11)
  return { channel, progress, pass: (ms: number) => (time += ms), text: () => written }
}

test('a step is one line, with the time that it took', () => {
  const { progress, pass, text } = setup()
  const step = progress.begin('attach the edge function')
  expect(text()).toBe('step  1/11 attach the edge function …')
  pass(41_000)
  step.done()
  expect(text()).toBe('step  1/11 attach the edge function … done (41 s)\n')
})

test('a line in between does not break the step in two halves that nobody can match', () => {
  const { channel, progress, text } = setup()
  const step = progress.begin('wait')
  channel.line('warning: slow')
  step.done('Deployed')
  expect(text()).toBe('step  1/11 wait …\nwarning: slow\nstep  1/11 wait … done (0 s): Deployed\n')
})

test('a step that failed says so', () => {
  const { progress, text } = setup()
  progress.begin('wait').fail('timed out')
  expect(text()).toBe('step  1/11 wait … failed (0 s): timed out\n')
})

test('a step that only has to wait did not fail', () => {
  const { progress, text } = setup()
  progress.begin('wait').later()
  expect(text()).toBe('step  1/11 wait … not yet (0 s)\n')
})

test('in a terminal the waiting step moves, and ends as the same line', () => {
  const shown: string[] = []
  const { progress, pass, text } = setup({
    show: (line) => void shown.push(line),
    hide: () => void shown.push('hidden'),
  })
  const step = progress.begin('wait')
  pass(5000)
  step.update('InProgress')
  step.done()
  expect(shown).toEqual(['step  1/11 wait …', 'step  1/11 wait … InProgress 5 s', 'hidden'])
  expect(text()).toBe('step  1/11 wait … done (5 s)\n')
})

test.each([
  [0, '0 s'],
  [59_400, '59 s'],
  [59_600, '1 min 0 s'],
  [125_000, '2 min 5 s'],
  [3_780_000, '1 h 3 min'],
])('%i ms is %s', (ms, text) => {
  expect(elapsed(ms)).toBe(text)
})
