import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { patchAssociations, readAssociations } from '../../src/aws/distribution-xml.ts'
import type { LambdaAssociation } from '../../src/plan/distribution/distribution.ts'

const name = fc.constantFrom('Zeta', 'NewField', 'MinTTL', 'GrpcConfig', 'x-y.z')
const space = fc.constantFrom('', ' ', '\n  ', '\r\n\t')
/** Anything that may stand between known fields: unknown elements, comments, CDATA, entities. */
const noise = fc.oneof(
  fc.constantFrom(
    '<!-- <LambdaFunctionAssociations> -->',
    '<![CDATA[</CacheBehavior> & ]]>',
    '&amp;&#65;&lt;',
    '<?app keep="this"?>',
    'é😀 ]] > "',
  ),
  fc
    .tuple(name, space, noiseText())
    .map(([tag, gap, text]) => `<${tag} a='>' b="/>"${gap}>${text}</${tag}>`),
  name.map((tag) => `<${tag} q="'" />`),
  space,
)

function noiseText() {
  return fc.constantFrom('', 'a', '<b/>', '<b><c>1</c></b>', '&gt;', '<![CDATA[<]]>')
}

const association = (events: string[]): fc.Arbitrary<LambdaAssociation> =>
  fc.record({
    arn: fc.constantFrom('arn:1', 'arn:2', 'arn:3&<>'),
    eventType: fc.constantFrom(...events),
    includeBody: fc.boolean(),
  })
const viewer = fc.array(association(['viewer-request', 'viewer-response']), { maxLength: 2 })
const origin = fc.array(association(['origin-request', 'origin-response']), { maxLength: 2 })

function escape(value: string): string {
  return value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

function list(items: LambdaAssociation[]): string {
  const written = items.map(
    ({ arn, eventType, includeBody }) =>
      `<LambdaFunctionAssociation><LambdaFunctionARN>${escape(arn)}</LambdaFunctionARN><EventType>${eventType}</EventType><IncludeBody>${includeBody}</IncludeBody></LambdaFunctionAssociation>`,
  )
  const held = items.length > 0 ? `<Items>${written.join('')}</Items>` : ''
  return `<LambdaFunctionAssociations><Quantity>${items.length}</Quantity>${held}</LambdaFunctionAssociations>`
}

const FUNCTIONS =
  '<FunctionAssociations><Quantity>1</Quantity><Items><FunctionAssociation><FunctionARN>arn:f</FunctionARN><EventType>viewer-response</EventType></FunctionAssociation></Items></FunctionAssociations>'

const behavior = fc
  .record({ before: noise, between: noise, after: noise, viewer, origin })
  .map(({ before, between, after, viewer, origin }) => ({
    lambda: [...origin, ...viewer],
    xml: (head: string) =>
      `${head}${before}<Compress>true</Compress>${between}${list([...origin, ...viewer])}${FUNCTIONS}${after}`,
  }))

const scene = fc
  .record({
    behaviors: fc.array(behavior, { maxLength: 4 }),
    last: behavior,
    head: fc.constantFrom('', '<?xml version="1.0" encoding="UTF-8"?>\n', '<!-- x -->\n'),
    noise: fc.array(noise, { minLength: 3, maxLength: 3 }),
    tail: fc.constantFrom('', '\n', '<!-- end -->'),
  })
  .map(({ behaviors, last, head, noise, tail }) => {
    const all = behaviors.map(
      (each, index) =>
        `<CacheBehavior>${each.xml(`<PathPattern>/p${index}/*</PathPattern>`)}</CacheBehavior>${noise[2]}`,
    )
    const xml = `${head}<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">${noise[0]}<DefaultCacheBehavior>${last.xml('')}</DefaultCacheBehavior><CacheBehaviors><Quantity>${all.length}</Quantity><Items>${all.join('')}</Items></CacheBehaviors>${noise[1]}</DistributionConfig>${tail}`
    const patterns = [...behaviors.map((_, index) => `/p${index}/*`), 'default']
    return { xml, patterns, lambda: [...behaviors, last].map((each) => each.lambda) }
  })

const wanted = fc.array(viewer, { minLength: 5, maxLength: 5 })
const chosen = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 })
const isViewer = ({ eventType }: LambdaAssociation): boolean => eventType.startsWith('viewer-')

describe('patchAssociations, on any configuration and any set of behaviors', () => {
  test('reads back as asked for, and leaves the other behaviors and events alone', () => {
    fc.assert(
      fc.property(scene, wanted, chosen, ({ xml, patterns, lambda }, want, pick) => {
        const changes = patterns.flatMap((pattern, index) =>
          pick[index] ? [{ pattern, lambda: want[index] ?? [] }] : [],
        )
        const after = readAssociations(patchAssociations(xml, changes))
        expect(after.map(({ pattern }) => pattern)).toEqual(patterns)
        after.forEach((each, index) => {
          const had = lambda[index] ?? []
          const viewers = pick[index] ? want[index] : had.filter(isViewer)
          expect(each.lambda.filter(isViewer)).toEqual(viewers)
          expect(each.lambda.filter((one) => !isViewer(one))).toEqual(
            had.filter((one) => !isViewer(one)),
          )
          expect(each.functions).toEqual([{ arn: 'arn:f', eventType: 'viewer-response' }])
        })
      }),
    )
  })

  test('gives the original bytes when it is patched back', () => {
    fc.assert(
      fc.property(scene, wanted, chosen, ({ xml, patterns, lambda }, want, pick) => {
        const chosen = patterns.filter((_, index) => pick[index])
        const there = chosen.map((pattern, index) => ({ pattern, lambda: want[index] ?? [] }))
        const back = chosen.map((pattern) => ({
          pattern,
          lambda: lambda[patterns.indexOf(pattern)] ?? [],
        }))
        expect(patchAssociations(patchAssociations(xml, there), back)).toBe(xml)
      }),
    )
  })

  test('touches no byte outside the associations', () => {
    const without = (xml: string): string =>
      xml.replace(/<LambdaFunctionAssociations><Quantity>.*?<\/LambdaFunctionAssociations>/gs, '')
    fc.assert(
      fc.property(scene, wanted, ({ xml, patterns }, want) => {
        const changes = patterns.map((pattern, index) => ({ pattern, lambda: want[index] ?? [] }))
        expect(without(patchAssociations(xml, changes))).toBe(without(xml))
      }),
    )
  })

  test('is done after one time', () => {
    fc.assert(
      fc.property(scene, wanted, ({ xml, patterns }, want) => {
        const changes = patterns.map((pattern, index) => ({ pattern, lambda: want[index] ?? [] }))
        const once = patchAssociations(xml, changes)
        expect(patchAssociations(once, changes)).toBe(once)
      }),
    )
  })
})
