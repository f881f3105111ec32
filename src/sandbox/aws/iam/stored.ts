export interface RoleRecord {
  name: string
  path: string
  arn: string
  id: string
  description: string
  maxSessionDuration: number
  createdAt: number
  /** Parsed trust policy; the document itself is given back as it came. */
  trust: unknown
  trustDocument: string
  trustAt: number
  /** What Lambda goes by until IAM has caught up with the newest trust policy. */
  formerTrust: unknown
  /** Parsed, by name. */
  inlinePolicies: Map<string, unknown>
  inlineDocuments: Map<string, string>
  /** ARNs of managed policies. */
  attachedPolicies: string[]
  tags: Map<string, string>
}
