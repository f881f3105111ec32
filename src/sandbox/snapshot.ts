/** Remembers maps as they are; what it returns puts them back, as often as it is called. */
export function snapshotOf(maps: Map<string, unknown>[]): () => void {
  const kept = maps.map((map) => structuredClone([...map]))
  return () => {
    maps.forEach((map, index) => {
      map.clear()
      for (const [key, value] of structuredClone(kept[index] ?? [])) map.set(key, value)
    })
  }
}
