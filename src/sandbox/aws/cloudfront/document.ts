import { DOMParser, onErrorStopParsing, XMLSerializer } from '@xmldom/xmldom'
import type { Document, Element } from '@xmldom/xmldom'

import { AwsError } from '../errors.ts'

/** Parses a document whose root must have the name, or refuses it as CloudFront does. */
export function parseDocument(xml: string, root: string): Element {
  let document: Document
  try {
    document = new DOMParser({ onError: onErrorStopParsing }).parseFromString(xml, 'text/xml')
  } catch {
    throw malformed()
  }
  const top = document.documentElement
  if (document.doctype || top?.localName !== root) throw malformed()
  return top
}

/** The one child element of that name. */
export function child(parent: Element | undefined, name: string): Element | undefined {
  return children(parent).find((element) => element.localName === name)
}

/** The child elements, of that name if one is given. */
export function children(parent: Element | undefined, name?: string): Element[] {
  if (!parent) return []
  return [...parent.childNodes]
    .filter((node): node is Element => node.nodeType === node.ELEMENT_NODE)
    .filter((element) => name === undefined || element.localName === name)
}

/** The text of the child element of that name; empty when there is none. */
export function textOf(parent: Element | undefined, name: string): string {
  return (child(parent, name)?.textContent ?? '').trim()
}

/** The elements of CloudFront's `<Name><Quantity/><Items>…</Items></Name>`. */
export function items(parent: Element | undefined, name: string): Element[] {
  return children(child(child(parent, name), 'Items'))
}

/** The same list where every item is a text. */
export function texts(parent: Element | undefined, name: string): string[] {
  return items(parent, name).map((item) => (item.textContent ?? '').trim())
}

/** Markup of an element, to be put into another document. */
export function markup(element: Element): string {
  return new XMLSerializer().serializeToString(element)
}

function malformed(): AwsError {
  return new AwsError('MalformedXML', 400, 'The XML document is malformed.')
}
