/** Outputs of the steps that are done, by `<step id>.<field>`. */
export type Outputs = Map<string, unknown>

/** Puts the outputs of earlier steps where the inputs refer to them; a missing one is a bug of the plan. */
export function resolveRefs(value: unknown, outputs: Outputs): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveRefs(item, outputs))
  if (typeof value !== 'object' || value === null) return value
  const { ref } = value as { ref?: unknown }
  if (typeof ref === 'string' && Object.keys(value).length === 1) {
    if (!outputs.has(ref)) throw new Error(`the plan refers to ${ref}, which no step has given`)
    return outputs.get(ref)
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, resolveRefs(member, outputs)]),
  )
}
