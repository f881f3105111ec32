import type { BuildOptions } from 'esbuild'

export function edgeOptions(root: string, outdir: string): BuildOptions & { metafile: true }
export function cliOptions(root: string, outdir: string): BuildOptions & { metafile: true }
