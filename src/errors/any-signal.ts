const sources = new WeakMap<AbortSignal, readonly AbortSignal[]>()

/**
 * Aborts with the first of the signals, as `AbortSignal.any` does, which several versions of Node let forget
 * sources that nobody else holds: a deadline made on the spot was collected and never came.
 * https://github.com/nodejs/node/issues/57736, https://github.com/nodejs/node/issues/65995
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const first = AbortSignal.any([...signals])
  sources.set(first, signals)
  return first
}
