/** The ring as one edge has read it; null: not read yet, or too old to be used. */
export interface EdgeCache {
  cache: string[] | null
  /** Ticks. */
  age: number
}

export const COLD: EdgeCache = { cache: null, age: 0 }

/** A tick later; what is over the limit is not used any more. */
export function olderCaches(edges: EdgeCache[], stale: number): EdgeCache[] {
  return edges.map(({ cache, age }) => (cache && age < stale ? { cache, age: age + 1 } : COLD))
}

/** Any edge may start anew, or find its memory too old, at any time. */
export function readings<W extends { edges: EdgeCache[]; held: string[] }>(
  world: W,
): [string, W][] {
  return world.edges.map((_, at) => [
    'edge reads SSM',
    { ...world, edges: world.edges.with(at, { cache: world.held, age: 0 }) },
  ])
}

/** Edges are alike: which of them is the first means nothing. */
export function sortedEdges<E>(edges: E[]): E[] {
  return [...edges].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
