import type { BuildOptions, Metafile } from 'esbuild'

export function bundleEdge(
  root: string,
): Promise<{ scripts: Record<string, Uint8Array>; metafile: Metafile }>
export function cliOptions(root: string, outdir: string): BuildOptions & { metafile: true }
