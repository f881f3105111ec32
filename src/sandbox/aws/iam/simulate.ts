import { AwsError } from '../errors.ts'
import { decide } from '../policy.ts'
import type { QueryOperation } from '../query-protocol.ts'
import type { Context } from '../types.ts'
import { element, textElement } from '../xml.ts'

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
export const simulateOperations: Record<string, QueryOperation> = {
  SimulatePrincipalPolicy: {
    mutating: false,
    resource: (form) => form.get('PolicySourceArn') ?? '',
    arns: (form) => [form.get('PolicySourceArn') ?? ''],
    run(form, context) {
      const documents = policiesOf(form.get('PolicySourceArn') ?? '', context)
      const actions = members(form, 'ActionNames.member')
      const resources = members(form, 'ResourceArns.member')
      if (actions.some((action) => action.includes('*'))) {
        throw new AwsError('InvalidInput', 400, 'Wildcards are not supported in action names.')
      }
      const known = contextOf(form)
      const results = actions.flatMap((action) =>
        (resources.length > 0 ? resources : ['*']).map((resource) =>
          element(
            'member',
            textElement('EvalActionName', action),
            textElement('EvalResourceName', resource),
            textElement(
              'EvalDecision',
              documents ? decide(documents, action, resource, known) : 'allowed',
            ),
            '<MatchedStatements/><MissingContextValues/>',
          ),
        ),
      )
      return element('EvaluationResults', ...results) + textElement('IsTruncated', false)
    },
  },
}

/** undefined: the principal may do everything. */
function policiesOf(arn: string, { principal, cloud }: Context): unknown[] | undefined {
  if (arn === principal.arn) return principal.policies?.()
  const role = cloud.roles.get(arn)
  if (role) return [...role.inlinePolicies.values()]
  throw new AwsError('NoSuchEntity', 404, `The principal ${arn} cannot be found.`)
}

function contextOf(form: URLSearchParams): Record<string, string[]> {
  const entries: Record<string, string[]> = {}
  for (let at = 1; form.has(`ContextEntries.member.${at}.ContextKeyName`); at += 1) {
    const prefix = `ContextEntries.member.${at}`
    const key = form.get(`${prefix}.ContextKeyName`) ?? ''
    entries[key] = members(form, `${prefix}.ContextKeyValues.member`)
  }
  return entries
}

function members(form: URLSearchParams, prefix: string): string[] {
  const values: string[] = []
  for (let at = 1; form.has(`${prefix}.${at}`); at += 1)
    values.push(form.get(`${prefix}.${at}`) ?? '')
  return values
}
