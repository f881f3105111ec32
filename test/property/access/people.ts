import fc from 'fast-check'
import type { AccessRule, Person } from '../../../src/access/rules.ts'
import { allowance } from './sites.ts'

const piece = fc.constantFrom(
  ...['ann', 'ANN', 'corp.com', 'Corp.Com', 'partner.example', 'PARTNER.example', 'evil.com'],
  ...['@', '@', '.', ' ', '\n', '\0', '"', ',', '\u212a', '\u017f', '\uff20', '\u3002', 'Ä', ''],
)

/** Addresses, and what only looks like one. */
export const email: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('ann@corp.com', 'bo@partner.example', 'Ann@CORP.com', 'bo@x@partner.example'),
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary' }).map((text) => `${text}@partner.example`),
  fc.string().map((text) => `bo@partner.example${text}`),
)

export const person: fc.Arbitrary<Person> = fc.record(
  { email, groups: fc.subarray(['HR', 'Staff', 'hr', 'ann@corp.com']) },
  { requiredKeys: [] },
)

export const rule: fc.Arbitrary<AccessRule> = allowance.map((allow) => ({ paths: ['/*'], allow }))
