import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Reply } from './types.ts'

/** Puts an answer on the wire in the way that a fault has chosen; `undefined` breaks the connection. */
export function deliver(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply | undefined,
): void {
  if (reply === undefined) {
    request.socket.destroy()
    return
  }
  const { status, headers = {}, body = '', delivery } = reply
  if (delivery === 'hang') return
  response.writeHead(status, headers)
  // An answer without a body is whole with its headers: nothing of it could come late.
  if (delivery === undefined || body.length === 0) response.end(body)
  else drip(response, Buffer.from(body), delivery.drip)
}

function drip(response: ServerResponse, bytes: Buffer, milliseconds: number): void {
  let sent = 0
  const timer = setInterval(() => {
    if (sent < bytes.length) response.write(bytes.subarray(sent, (sent += 1)))
    else response.end(() => clearInterval(timer))
  }, milliseconds)
  response.on('close', () => clearInterval(timer))
  response.flushHeaders()
}
