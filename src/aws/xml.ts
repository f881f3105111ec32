import type { Document, Element, Node } from '@xmldom/xmldom'
import { DOMParser, Node as NodeTypes } from '@xmldom/xmldom'
import { GuardError } from '../errors/guard-error.ts'

/** Where an element stands in the text. */
export interface Span {
  /** Of `<`. */
  start: number
  /** Behind the `>` of the start tag. */
  open: number
  /** Of the `<` of the end tag; equal to `end` for `<x/>`. */
  close: number
  /** Behind the whole element. */
  end: number
}

export interface XmlText {
  root: Element
  spanOf(element: Element): Span
}

/** Parses `xml` and finds the place of every element in the text, so that the text can be spliced. */
export function openXml(xml: string): XmlText {
  const document = parse(xml)
  const root = document.documentElement
  if (!root || document.doctype) throw unreadable('it has no root element, or a DOCTYPE')
  const spans = new Map<Element, Span>()
  let at = 0
  // xmldom keeps no text nodes outside the root element.
  for (const node of Array.from(document.childNodes)) {
    at = walk(xml, node, xml.indexOf('<', at), spans)
  }
  return {
    root,
    spanOf(element) {
      const span = spans.get(element)
      if (!span) throw unreadable(`<${element.nodeName}> has no place in it`)
      return span
    },
  }
}

function parse(xml: string): Document {
  try {
    return new DOMParser({
      onError(level, message) {
        if (level !== 'warning') throw new Error(message)
      },
    }).parseFromString(xml, 'text/xml')
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error))
  }
}

/** Returns the offset behind `node`, which begins at `at`. */
function walk(xml: string, node: Node, at: number, spans: Map<Element, Span>): number {
  switch (node.nodeType) {
    case NodeTypes.TEXT_NODE:
      return behind(xml, '<', at) - 1
    case NodeTypes.CDATA_SECTION_NODE:
      return behind(xml, ']]>', at)
    case NodeTypes.COMMENT_NODE:
      return behind(xml, '-->', at)
    case NodeTypes.PROCESSING_INSTRUCTION_NODE:
      return behind(xml, '?>', at)
    case NodeTypes.ELEMENT_NODE:
      return walkElement(xml, node as Element, at, spans)
    default:
      throw unreadable(`a node of type ${node.nodeType} is in it`)
  }
}

function walkElement(xml: string, element: Element, start: number, spans: Map<Element, Span>) {
  const tag = /<[^\s/>"']+(?:[^>"']|"[^"]*"|'[^']*')*>/y
  tag.lastIndex = start
  const opened = tag.exec(xml)?.[0]
  if (!opened?.startsWith(`<${element.nodeName}`)) throw unreadable(`<${element.nodeName}> is lost`)
  const open = start + opened.length
  if (opened.endsWith('/>')) {
    spans.set(element, { start, open, close: open, end: open })
    return open
  }
  let close = open
  for (const child of Array.from(element.childNodes)) close = walk(xml, child, close, spans)
  if (!xml.startsWith(`</${element.nodeName}`, close)) {
    throw unreadable(`</${element.nodeName}> is lost`)
  }
  const end = behind(xml, '>', close)
  spans.set(element, { start, open, close, end })
  return end
}

function behind(xml: string, mark: string, at: number): number {
  const found = xml.indexOf(mark, at)
  if (found < 0) throw unreadable(`${mark} is missing`)
  return found + mark.length
}

function unreadable(why: string): GuardError {
  return new GuardError({
    code: 'aws-failed',
    message: `The configuration that CloudFront sent cannot be read: ${why}.`,
  })
}

/** The child elements of that name, in order. */
export function children(parent: Element | undefined, name: string): Element[] {
  return Array.from(parent?.childNodes ?? []).filter(
    (node): node is Element =>
      node.nodeType === NodeTypes.ELEMENT_NODE && (node as Element).localName === name,
  )
}

/** Follows child names down from `parent`. */
export function descend(parent: Element | undefined, ...names: string[]): Element | undefined {
  return names.reduce<Element | undefined>((at, name) => children(at, name)[0], parent)
}

/** The text at the end of a path of child names; empty when it is not there. */
export function textAt(parent: Element | undefined, ...names: string[]): string {
  return descend(parent, ...names)?.textContent ?? ''
}

/** CloudFront's lists: `<List><Quantity/><Items><Item/>…</Items></List>`. */
export function itemsOf(list: Element | undefined, item: string): Element[] {
  return children(descend(list, 'Items'), item)
}
