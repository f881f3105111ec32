import { tryClientApp } from './client.ts'
import { associate, waitDeployed } from './cloudfront.ts'
import { deleteParameters, putDocument } from './documents.ts'
import { createRole, deleteRole, deleteRolePolicy, putRolePolicy, updateTrust } from './iam.ts'
import type { Executor } from './executor.ts'
import { encryptKeys, generateKey, orderKeys } from './keys.ts'
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
  revokeUserTokens,
  unassignGroup,
  updateApp,
} from './okta.ts'
import { deleteLogs } from './logs.ts'
import { probe } from './probe.ts'
import { putAppKeys, recordKey, tryKey } from './rotation.ts'

/** One executor a kind of step; the plan knows them by these names only. */
export const executors: Partial<Record<string, Executor>> = {
  'document.put': putDocument,
  'parameters.delete': deleteParameters,
  'key.generate': generateKey,
  'key.order': orderKeys,
  'key.encrypt': encryptKeys,
  'key.record': recordKey,
  'okta.app.keys': putAppKeys,
  'okta.key.try': tryKey,
  'okta.client.try': tryClientApp,
  'okta.app.create': createApp,
  'okta.app.update': updateApp,
  'okta.app.delete': deleteApp,
  'okta.tokens.revoke': revokeTokens,
  'okta.user.tokens.revoke': revokeUserTokens,
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
  'logs.delete': deleteLogs,
  'cloudfront.associate': associate,
  'cloudfront.wait': waitDeployed,
  'web.probe': probe,
}
