import type { Element } from '@xmldom/xmldom'

import { AwsError } from '../errors.ts'
import type { Cloud } from '../types.ts'
import { child, children, textOf } from './document.ts'
import type { DistributionModel } from './model.ts'

const REQUIRED = ['CallerReference', 'Origins', 'DefaultCacheBehavior', 'Comment', 'Enabled']
const REQUIRED_OF_BEHAVIOR = ['TargetOriginId', 'ViewerProtocolPolicy']

/** Refuses a DistributionConfig that lacks what CloudFront requires or counts its lists wrong. */
export function checkDocument(config: Element): void {
  for (const name of REQUIRED) {
    if (!child(config, name)) throw invalid(`The parameter ${name} is required.`)
  }
  const behaviors = [
    child(config, 'DefaultCacheBehavior'),
    ...children(child(child(config, 'CacheBehaviors'), 'Items')),
  ]
  for (const behavior of behaviors) {
    for (const name of REQUIRED_OF_BEHAVIOR) {
      if (textOf(behavior, name) === '') throw invalid(`The parameter ${name} is required.`)
    }
  }
  checkQuantities(config)
}

/** Refuses what does not fit together, or does not fit the rest of the account. */
export function checkModel(model: DistributionModel, id: string, cloud: Cloud): void {
  if (model.origins.length === 0) throw invalid('The parameter Origins must have an item.')
  const origins = model.origins.map((origin) => origin.id)
  const groups = model.originGroups
  const targets = model.behaviors.map(({ targetOriginId }) => targetOriginId)
  for (const target of [...targets, ...groups.map(({ primary }) => primary)]) {
    if (origins.includes(target) || groups.some(({ id }) => id === target)) continue
    throw new AwsError(
      'NoSuchOrigin',
      404,
      'One or more of your origins or origin groups do not exist.',
    )
  }
  if (model.staging) return
  for (const other of cloud.distributions.values()) {
    if (other.id === id || other.config.staging) continue
    const clash = model.aliases.find((alias) => other.config.aliases.includes(alias))
    if (clash === undefined) continue
    throw new AwsError(
      'CNAMEAlreadyExists',
      409,
      `One or more of the CNAMEs you provided are already associated with a different resource.`,
    )
  }
}

/** Also in lists that nobody here knows: the pattern is CloudFront's own. */
function checkQuantities(parent: Element): void {
  for (const element of children(parent)) {
    const quantity = child(element, 'Quantity')
    if (quantity && Number(quantity.textContent) !== children(child(element, 'Items')).length) {
      throw new AwsError(
        'InconsistentQuantities',
        400,
        `The value of Quantity and the size of Items don't match in ${element.localName}.`,
      )
    }
    checkQuantities(element)
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidArgument', 400, message)
}
