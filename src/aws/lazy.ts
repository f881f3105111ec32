/** Runs `make` at the first call and keeps its promise; a failure is not kept. */
export function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}

/** Splits into groups of at most `size`, for APIs that take so many at once. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  const groups: T[][] = []
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size))
  return groups
}

/** AWS's list of `{Key, Value}` as a record. */
export function tagsOf(
  list: readonly { Key?: string | undefined; Value?: string | undefined }[] = [],
) {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key ?? '', Value ?? '']))
}

/** A record as AWS's list of `{Key, Value}`. */
export function tagList(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
