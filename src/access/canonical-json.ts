/**
 * JSON with sorted keys and no spaces: same value, same text, whatever order it was written in.
 * Keys by UTF-16 code units (integer-like ones first); the rest as `JSON.stringify` writes it.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, sortedKeys)
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  // `__proto__` as an own key must stay a key.
  return Object.fromEntries(entries)
}
