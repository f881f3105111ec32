import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
  port: number
  close(): Promise<void>
}

/** One HTTP server on 127.0.0.1; closing it also ends the connections that are kept alive. */
export async function listen(port: number, handler: RequestListener): Promise<Listening> {
  const server = createServer({ maxHeaderSize: 64 * 1024, insecureHTTPParser: false }, handler)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The whole request body; larger than `limit` bytes throws. */
export async function readBody(
  stream: AsyncIterable<Uint8Array>,
  limit = 1_000_000,
): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of stream) {
    size += part.length
    if (size > limit) throw new Error('request body too large')
    parts.push(part)
  }
  return Buffer.concat(parts)
}
