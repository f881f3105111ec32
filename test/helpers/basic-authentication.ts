/** The parts of an `Authorization: Basic` as a right server reads them: RFC 7617, then RFC 6749, section 2.3.1. */
export function readBasic(header = ''): [id: string, secret: string] | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/]+={0,2})$/.exec(header) ?? []
  if (encoded === undefined) return
  const [, id = '', secret = ''] =
    /^([^:]*):([^]*)$/.exec(Buffer.from(encoded, 'base64').toString('latin1')) ?? []
  return [formDecoded(id), formDecoded(secret)]
}

function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
