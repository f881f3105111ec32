import type { ConfigFile } from './schema.ts'

export interface LoadedConfig {
  /** Absolute. */
  path: string
  file: ConfigFile
}
