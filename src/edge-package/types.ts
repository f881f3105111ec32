import type { EdgeConfig } from '../access/edge-config.ts'

/** The two scripts of the edge function as they were bundled at build time. */
export interface EdgeBuild {
  /** SHA-256 over both scripts, hex. */
  digest: string
  scripts: Record<'index.js' | 'sign-in.js', Uint8Array>
}

export interface EdgeZip {
  bytes: Uint8Array
  /** base64(sha256(bytes)), to compare with Lambda's CodeSha256. */
  codeSha256: string
}

/** Same input, same bytes, on any machine and in any time zone. Throws `edge-too-large` over 1,000,000 bytes. */
export type MakeEdgeZip = (build: EdgeBuild, config: EdgeConfig) => EdgeZip
