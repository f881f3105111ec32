/** What `$LATEST` and every version have of their own. */
export interface FunctionSettings {
  description: string
  roleArn: string
  runtime: string
  handler: string
  memory: number
  timeout: number
  environment: Record<string, string>
  architectures: string[]
  layers: string[]
  zip: Uint8Array
  codeSha256: string
}

export interface VersionRecord extends FunctionSettings {
  /** With the number. */
  arn: string
  version: string
  revisionId: string
  modifiedAt: number
  activeAt: number
}

export interface FunctionRecord extends FunctionSettings {
  name: string
  /** Unqualified. */
  arn: string
  revisionId: string
  modifiedAt: number
  /** Pending until then. */
  activeAt: number
  /** LastUpdateStatus is InProgress until then; undefined before the first update. */
  updatedAt: number | undefined
  /** Oldest first. */
  versions: VersionRecord[]
  /** Numbers are never given twice, not even after a version is deleted. */
  lastVersion: number
  tags: Map<string, string>
}
