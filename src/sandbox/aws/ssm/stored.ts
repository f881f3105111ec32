export type ParameterType = 'String' | 'StringList' | 'SecureString'

export interface ParameterVersion {
  version: number
  value: string
  description: string
  modifiedAt: number
}

export interface ParameterRecord {
  name: string
  arn: string
  type: ParameterType
  tier: 'Standard' | 'Advanced'
  /** Only of a SecureString. */
  keyId: string
  /** Oldest first; the last one counts. AWS keeps 100. */
  history: ParameterVersion[]
  tags: Map<string, string>
  modifiedBy: string
}
