import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createChannel } from '../../../src/ui/channel.ts'

function failing(code: string) {
  let writes = 0
  const stream = new Writable({
    autoDestroy: false,
    write(_chunk, _encoding, done) {
      writes += 1
      done(Object.assign(new Error(code), { code }))
    },
  })
  return { stream, writes: () => writes }
}

test('a closed pipe is quiet: what follows goes nowhere, and flush comes back', async () => {
  const { stream, writes } = failing('EPIPE')
  const channel = createChannel(stream, false)
  channel.line('one')
  await new Promise((resolve) => setImmediate(resolve))
  channel.line('two')
  channel.raw('three')
  await channel.flush()
  expect(writes()).toBe(1)
})

test('flush waits for a slow reader', async () => {
  let read = ''
  const stream = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      setImmediate(() => {
        read += chunk.toString()
        done()
      })
    },
  })
  const channel = createChannel(stream, false)
  for (let count = 0; count < 20; count += 1) channel.line(String(count))
  await channel.flush()
  expect(read.trimEnd().split('\n')).toHaveLength(20)
})
