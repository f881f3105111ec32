import { queryService } from './query-protocol.ts'
import { textElement } from './xml.ts'

export const sts = queryService('sts', 'https://sts.amazonaws.com/doc/2011-06-15/', {
  GetCallerIdentity: {
    mutating: false,
    resource: () => '',
    // No policy is needed for this call, whatever the caller may do otherwise.
    arns: () => [],
    run: (_form, { principal }) =>
      textElement('Arn', principal.arn) +
      textElement('UserId', principal.userId) +
      textElement('Account', principal.account),
  },
})
