import { GuardError } from '../../errors/guard-error.ts'
import type { Manifest } from '../manifest.ts'

/**
 * An older tool does not know what a newer one has written, and would take it away: a field of the manifest, a
 * statement of the role, a correction in the edge function. So it changes nothing.
 */
export function refuseNewerTool(manifest: Manifest | undefined, tool: string): void {
  if (!manifest || !isNewer(manifest.tool, tool)) return
  throw new GuardError({
    code: 'manifest-newer',
    message: `s3-okta-guard ${manifest.tool} wrote what is installed; this is ${tool}, which might undo a part of it.`,
    hint: 'Run the same command with that version or a later one.',
    next: [`npx s3-okta-guard@${manifest.tool} status --distribution ${manifest.distribution}`],
  })
}

/** By the precedence of semantic versions, https://semver.org#spec-item-11; what is none is not newer. */
export function isNewer(version: string, than: string): boolean {
  const [a, b] = [parsed(version), parsed(than)]
  if (!a || !b) return false
  return (compareAll(a.numbers, b.numbers) || comparePrerelease(a.prerelease, b.prerelease)) > 0
}

interface Version {
  numbers: string[]
  /** Empty for a release. */
  prerelease: string[]
}

const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/

function parsed(text: string): Version | undefined {
  const match = VERSION.exec(text)
  if (!match) return undefined
  const [, major = '', minor = '', patch = '', prerelease] = match
  return { numbers: [major, minor, patch], prerelease: prerelease?.split('.') ?? [] }
}

/** A release comes after all that led to it. */
function comparePrerelease(a: string[], b: string[]): number {
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length)
  return compareAll(a, b)
}

function compareAll(a: string[], b: string[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    const order = compareOne(one, other)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Numbers by their value and before words; words by their letters. */
function compareOne(a: string, b: string): number {
  const numeric = [a, b].map((one) => /^\d+$/.test(one))
  if (numeric[0] && numeric[1]) return Number(a) - Number(b)
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
