import { createHash } from 'node:crypto'
import { unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import { loadEdgeBuild } from '../../../src/edge-package/build.ts'
import type { EdgeBuild } from '../../../src/edge-package/types.ts'
import { makeEdgeZip } from '../../../src/edge-package/zip.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { inTimeZone } from './in-time-zone.ts'
import { sampleConfig } from './sample-config.ts'

const text = (value: string) => new TextEncoder().encode(value)

const build: EdgeBuild = {
  digest: '00',
  scripts: { 'index.js': text('exports.handler=1'), 'sign-in.js': text('exports.signIn=1') },
}

describe('the zip of the edge function', () => {
  test('holds the two scripts and the configuration, in one order, and nothing else', () => {
    const files = unzipSync(makeEdgeZip(build, sampleConfig).bytes)
    expect(Object.keys(files)).toEqual(['config.json', 'index.js', 'sign-in.js'])
    expect(files['index.js']).toEqual(build.scripts['index.js'])
    expect(files['sign-in.js']).toEqual(build.scripts['sign-in.js'])
    expect(JSON.parse(new TextDecoder().decode(files['config.json']))).toEqual(sampleConfig)
  })

  test('has the digest by which Lambda names it', () => {
    const { bytes, codeSha256 } = makeEdgeZip(build, sampleConfig)
    expect(codeSha256).toBe(createHash('sha256').update(bytes).digest('base64'))
  })

  test('is readable for the user that Lambda runs it as, and dated alike', () => {
    const { bytes } = makeEdgeZip(build, sampleConfig)
    const entries = centralDirectory(bytes)
    expect(entries).toHaveLength(3)
    for (const entry of entries) {
      expect(entry).toMatchObject({ madeBy: 3, mode: 0o100644, date: 0x0021, time: 0x6000 })
    }
  })

  test('does not depend on the order in which the configuration was written', () => {
    const reversed = Object.fromEntries(Object.entries(sampleConfig).reverse())
    expect(makeEdgeZip(build, reversed as unknown as EdgeConfig).bytes).toEqual(
      makeEdgeZip(build, sampleConfig).bytes,
    )
  })

  test('changes with the configuration', () => {
    const other = { ...sampleConfig, clientId: '0oa2client' }
    expect(makeEdgeZip(build, other).codeSha256).not.toBe(
      makeEdgeZip(build, sampleConfig).codeSha256,
    )
  })

  test('B63 has the same bytes in every time zone', async () => {
    const zones = ['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles', 'Asia/Kolkata']
    const digests = await Promise.all(zones.map(inTimeZone))
    expect(new Set(digests.map(({ offset }) => offset)).size).toBe(zones.length)
    const { codeSha256 } = makeEdgeZip(await loadEdgeBuild(), sampleConfig)
    expect(digests.map((result) => result.codeSha256)).toEqual(zones.map(() => codeSha256))
  })

  test('is refused over a million bytes, with the sizes of its parts, the largest first', () => {
    const noise = Buffer.alloc(1_100_000)
    for (let i = 0, state = 1; i < noise.length; i++) {
      state = (state * 48271) % 2147483647
      noise[i] = state & 0xff
    }
    const large = { ...build, scripts: { ...build.scripts, 'sign-in.js': noise } }
    let thrown: unknown
    try {
      makeEdgeZip(large, sampleConfig)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(GuardError)
    const error = thrown as GuardError
    expect(error.code).toBe('edge-too-large')
    const [is = 0, over = 0] =
      /is ([\d,]+) bytes zipped; .* so it is ([\d,]+) too large/
        .exec(error.message)
        ?.slice(1)
        .map((digits) => Number(digits.replaceAll(',', ''))) ?? []
    expect(is - over).toBe(1_000_000)
    expect(over).toBeGreaterThan(100_000)
    expect(error.details).toHaveLength(3)
    expect(error.details[0]).toMatch(
      /^sign-in\.js: 1,1\d\d,\d{3} bytes zipped, 1,100,000 unzipped$/,
    )
    expect(error.details[1]).toMatch(/^config\.json: /)
  })
})

/** The fields of the central directory that fflate does not read back (APPNOTE.TXT, 4.3.12). */
function centralDirectory(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = []
  for (let at = 0; at + 46 <= bytes.length; at++) {
    if (view.getUint32(at, true) !== 0x02014b50) continue
    entries.push({
      madeBy: view.getUint8(at + 5),
      time: view.getUint16(at + 12, true),
      date: view.getUint16(at + 14, true),
      mode: view.getUint32(at + 38, true) >>> 16,
    })
  }
  return entries
}
