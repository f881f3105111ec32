import { createHash } from 'node:crypto'
import { zipSync, type Zippable } from 'fflate'
import { canonicalJson } from '../access/canonical-json.ts'
import { GuardError } from '../errors/guard-error.ts'
import type { MakeEdgeZip } from './types.ts'

/** Lambda@Edge takes 1 MB for a viewer-request function (CloudFront quotas, "Quotas on Lambda@Edge"). */
const LARGEST_ZIP = 1_000_000

/** Unix, `-rw-r--r--`: Lambda's runtime user must be able to read what root unpacked. */
const UNIX = 3
const READABLE_BY_ALL = (0o100644 << 16) >>> 0

export const makeEdgeZip: MakeEdgeZip = (build, config) => {
  const parts: [string, Uint8Array][] = [
    ['config.json', new TextEncoder().encode(`${canonicalJson(config)}\n`)],
    ['index.js', build.scripts['index.js']],
    ['sign-in.js', build.scripts['sign-in.js']],
  ]
  const bytes = zip(parts)
  if (bytes.length > LARGEST_ZIP) throw tooLarge(bytes.length, parts)
  return { bytes, codeSha256: createHash('sha256').update(bytes).digest('base64') }
}

function zip(parts: [string, Uint8Array][]): Uint8Array {
  const files: Zippable = {}
  for (const [name, bytes] of parts) {
    files[name] = [bytes, { level: 9, mtime: firstDosDate(), os: UNIX, attrs: READABLE_BY_ALL }]
  }
  return zipSync(files)
}

/** Noon of 1980-01-01 in local time: fflate writes the local calendar fields into the DOS date. */
function firstDosDate(): Date {
  return new Date(1980, 0, 1, 12)
}

function tooLarge(size: number, parts: [string, Uint8Array][]): GuardError {
  const sizes = parts
    .map(([name, bytes]) => ({ name, zipped: zip([[name, bytes]]).length, raw: bytes.length }))
    .sort((a, b) => b.zipped - a.zipped)
  return new GuardError({
    code: 'edge-too-large',
    message: `The edge function is ${count(size)} bytes zipped; CloudFront takes ${count(LARGEST_ZIP)}, so it is ${count(size - LARGEST_ZIP)} too large.`,
    hint: 'Make the largest part smaller; config.json grows with access rules, hosts and keys.',
    details: sizes.map(
      ({ name, zipped, raw }) => `${name}: ${count(zipped)} bytes zipped, ${count(raw)} unzipped`,
    ),
  })
}

function count(bytes: number): string {
  return bytes.toString().replace(/\B(?=(\d{3})+$)/g, ',')
}
