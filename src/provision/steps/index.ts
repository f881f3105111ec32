import { associate, waitDeployed } from './cloudfront.ts'
import { deleteParameters, putDocument } from './documents.ts'
import { createRole, deleteRole, deleteRolePolicy, putRolePolicy, updateTrust } from './iam.ts'
import type { Executor } from './executor.ts'
import { generateKey } from './keys.ts'
import {
  createFunction,
  deleteFunction,
  deleteVersion,
  publishVersion,
  updateCode,
  updateConfiguration,
} from './lambda.ts'
import {
  assignGroup,
  createApp,
  deleteApp,
  revokeTokens,
  unassignGroup,
  updateApp,
} from './okta.ts'
import { probe } from './probe.ts'

/** One executor a kind of step; the plan knows them by these names only. */
export const executors: Partial<Record<string, Executor>> = {
  'document.put': putDocument,
  'parameters.delete': deleteParameters,
  'key.generate': generateKey,
  'okta.app.create': createApp,
  'okta.app.update': updateApp,
  'okta.app.delete': deleteApp,
  'okta.tokens.revoke': revokeTokens,
  'okta.group.assign': assignGroup,
  'okta.group.unassign': unassignGroup,
  'iam.role.create': createRole,
  'iam.role.trust': updateTrust,
  'iam.policy.put': putRolePolicy,
  'iam.policy.delete': deleteRolePolicy,
  'iam.role.delete': deleteRole,
  'lambda.function.create': createFunction,
  'lambda.code.update': updateCode,
  'lambda.configuration.update': updateConfiguration,
  'lambda.version.publish': publishVersion,
  'lambda.version.delete': deleteVersion,
  'lambda.function.delete': deleteFunction,
  'cloudfront.associate': associate,
  'cloudfront.wait': waitDeployed,
  'web.probe': probe,
}
