import { queryService } from '../query-protocol.ts'
import { policyOperations } from './policies.ts'
import { roleOperations } from './roles.ts'
import { simulateOperations } from './simulate.ts'

export const iam = queryService('iam', 'https://iam.amazonaws.com/doc/2010-05-08/', {
  ...roleOperations,
  ...policyOperations,
  ...simulateOperations,
})
