import type { Element } from '@xmldom/xmldom'
import { GuardError } from '../errors/guard-error.ts'
import type { FunctionAssociation, LambdaAssociation } from '../plan/distribution/distribution.ts'
import { behaviorsOf, functionsOf, lambdaItemOf, lambdaOf } from './distribution-parse.ts'
import type { AssociationChange } from './types.ts'
import type { XmlText } from './xml.ts'
import { children, descend, itemsOf, openXml } from './xml.ts'

/** What may stand before LambdaFunctionAssociations in a behavior, in the order of AWS's schema. */
const BEFORE = [
  'PathPattern',
  'TargetOriginId',
  'TrustedSigners',
  'TrustedKeyGroups',
  'ViewerProtocolPolicy',
  'AllowedMethods',
  'SmoothStreaming',
  'Compress',
]

interface Edit {
  from: number
  to: number
  text: string
}

export interface BehaviorAssociations {
  pattern: string
  lambda: LambdaAssociation[]
  functions: FunctionAssociation[]
}

/** The associations of every behavior, in matching order; takes a DistributionConfig or a Distribution. */
export function readAssociations(xml: string): BehaviorAssociations[] {
  return behaviorsOf(configOf(openXml(xml))).map(([pattern, element]) => ({
    pattern,
    lambda: lambdaOf(element),
    functions: functionsOf(element),
  }))
}

/**
 * Gives the named behaviors exactly these Lambda@Edge associations on viewer events. Associations on
 * origin events, CloudFront Functions and every other byte of the document stay as they are.
 */
export function patchAssociations(xml: string, changes: AssociationChange[]): string {
  const text = openXml(xml)
  const behaviors = new Map(behaviorsOf(configOf(text)))
  const wanted = new Map(changes.map(({ pattern, lambda }) => [pattern, lambda.filter(onViewer)]))
  const edits = [...wanted].flatMap(([pattern, lambda]) => {
    const behavior = behaviors.get(pattern)
    if (!behavior) throw unknown(pattern, [...behaviors.keys()])
    return editsOf(text, behavior, lambda)
  })
  return edits
    .sort((a, b) => b.from - a.from)
    .reduce((done, { from, to, text: put }) => done.slice(0, from) + put + done.slice(to), xml)
}

function configOf({ root }: XmlText): Element | undefined {
  return root.localName === 'DistributionConfig' ? root : descend(root, 'DistributionConfig')
}

function onViewer({ eventType }: LambdaAssociation): boolean {
  return eventType.startsWith('viewer-')
}

function editsOf(text: XmlText, behavior: Element, wanted: LambdaAssociation[]): Edit[] {
  const write = writer(behavior.prefix)
  const list = descend(behavior, 'LambdaFunctionAssociations')
  const all = itemsOf(list, 'LambdaFunctionAssociation')
  const present = all.filter((item) => onViewer(lambdaItemOf(item)))
  if (same(present.map(lambdaItemOf), wanted)) return []

  const quantity = String(all.length - present.length + wanted.length)
  const fresh = write('Items', wanted.map(write.item).join(''))
  if (!list || text.spanOf(list).open === text.spanOf(list).close) {
    const content = write('Quantity', quantity) + fresh
    const whole = write('LambdaFunctionAssociations', content)
    const place = list ? text.spanOf(list) : insertAfter(text, behavior)
    return [{ from: place.start, to: place.end, text: whole }]
  }

  const count = quantityEdit(text, list, quantity, write)
  const holder = descend(list, 'Items')
  if (!holder) return [{ ...count, text: count.text + fresh }]
  const span = text.spanOf(holder)
  const bare =
    span.end - span.start === length(all, text) + (span.open - span.start) + (span.end - span.close)
  if (quantity === '0' && bare) return [count, { from: span.start, to: span.end, text: '' }]
  if (span.open === span.close) return [count, { from: span.start, to: span.end, text: fresh }]
  return [count, ...itemEdits(text, span.close, present, wanted, write.item)]
}

function quantityEdit(text: XmlText, list: Element, quantity: string, write: Writer): Edit {
  const count = descend(list, 'Quantity')
  if (!count) return { ...empty(text.spanOf(list).open), text: write('Quantity', quantity) }
  const { start, end } = text.spanOf(count)
  return { from: start, to: end, text: write('Quantity', quantity) }
}

/** Replaces item by item; what is too many goes, what is new comes last. */
function itemEdits(
  text: XmlText,
  end: number,
  present: Element[],
  wanted: LambdaAssociation[],
  write: (item: LambdaAssociation) => string,
): Edit[] {
  const kept = present.map((item, index): Edit | undefined => {
    const { start, end: to } = text.spanOf(item)
    const now = wanted[index]
    if (!now) return { from: start, to, text: '' }
    return same([lambdaItemOf(item)], [now]) ? undefined : { from: start, to, text: write(now) }
  })
  const added = wanted.slice(present.length).map(write).join('')
  return [...kept.filter((edit) => edit !== undefined), { ...empty(end), text: added }]
}

function length(items: Element[], text: XmlText): number {
  return items.reduce((sum, item) => sum + text.spanOf(item).end - text.spanOf(item).start, 0)
}

function insertAfter(text: XmlText, behavior: Element): { start: number; end: number } {
  const before = BEFORE.flatMap((name) => children(behavior, name)).map((each) => text.spanOf(each))
  const at = Math.max(text.spanOf(behavior).open, ...before.map(({ end }) => end))
  return { start: at, end: at }
}

function empty(at: number): { from: number; to: number } {
  return { from: at, to: at }
}

function same(a: LambdaAssociation[], b: LambdaAssociation[]): boolean {
  return a.length === b.length && a.every((each, index) => key(each) === key(b[index]))
}

function key(item: LambdaAssociation | undefined): string {
  return JSON.stringify([item?.arn, item?.eventType, item?.includeBody])
}

type Writer = ReturnType<typeof writer>

function writer(prefix: string | null) {
  const element = (name: string, content: string): string => {
    const tag = prefix ? `${prefix}:${name}` : name
    return `<${tag}>${content}</${tag}>`
  }
  const item = ({ arn, eventType, includeBody }: LambdaAssociation): string =>
    element(
      'LambdaFunctionAssociation',
      element('LambdaFunctionARN', escape(arn)) +
        element('EventType', escape(eventType)) +
        element('IncludeBody', String(includeBody)),
    )
  return Object.assign(element, { item })
}

function escape(value: string): string {
  return value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

function unknown(pattern: string, known: string[]): GuardError {
  return new GuardError({
    code: 'behavior-unknown',
    message: `The distribution has no behavior "${pattern}": it has ${known.join(', ')}.`,
  })
}
