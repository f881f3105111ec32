import type { EdgeSource } from '../types.ts'
import type { EdgeHeaders } from './headers.ts'

/** A request that names its edge location here goes there; no function and no origin sees it. */
export const EDGE_HEADER = 'x-sandbox-edge'

/** Where a request goes that names no edge. */
export const DEFAULT_EDGE = 'local'

export interface Edges {
  /** The edge that a request names, or else `otherwise`; the name is taken out of its headers. */
  named(headers: EdgeHeaders, otherwise: () => string): string
  hold(edge: string): void
  release(edge: string): void
  /** What the edge knows of the control plane. */
  sourceOf(edge: string): EdgeSource
}

/** Edge locations, each of which may lag behind the others for as long as a test wants. */
export function createEdges(source: EdgeSource): Edges {
  const held = new Map<string, EdgeSource>()
  return {
    named(headers, otherwise) {
      const name = headers[EDGE_HEADER]?.[0]?.value
      delete headers[EDGE_HEADER]
      return name ?? otherwise()
    },
    hold(edge) {
      if (!held.has(edge)) held.set(edge, { ...source, ...source.snapshot() })
    },
    release(edge) {
      held.delete(edge)
    },
    sourceOf: (edge) => held.get(edge) ?? source,
  }
}
