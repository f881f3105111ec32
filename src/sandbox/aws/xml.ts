export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** Escapes text for an element or a double-quoted attribute. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;')
}

/** An element with text in it. */
export function textElement(name: string, text: string | number | boolean): string {
  return `<${name}>${escapeXml(String(text))}</${name}>`
}

/** An element around markup that is already XML. */
export function element(name: string, ...markup: string[]): string {
  return `<${name}>${markup.join('')}</${name}>`
}

/** Time as the XML protocols write it: ISO 8601 without milliseconds for IAM, with them for CloudFront. */
export function isoTime(time: number): string {
  return new Date(time).toISOString()
}
