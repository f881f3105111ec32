import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AwsOptions } from '../../../src/aws/create.ts'
import { createAws } from '../../../src/aws/create.ts'
import type { Aws } from '../../../src/aws/types.ts'

export interface Seen {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

export interface Stand {
  aws: Aws
  seen: Seen[]
  url: string
  [Symbol.asyncDispose](): Promise<void>
}

/** An HTTP server that answers in our words, and `Aws` pointed at it. */
export async function standIn(
  answer: (request: Seen, response: ServerResponse, count: number) => void,
  options: Partial<AwsOptions> = {},
): Promise<Stand> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const each = { method, url, headers, body: Buffer.concat(parts).toString('utf8') }
      seen.push(each)
      answer(each, response, seen.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-secret-key',
    ...options.env,
  }
  const aws = await createAws({ retryDelayMs: 0, ...options, env })
  return {
    aws,
    seen,
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Answers as the services with the JSON protocol do (SSM). */
export function json(response: ServerResponse, status: number, body: object, date?: string): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    ...(date ? { date } : {}),
  })
  response.end(JSON.stringify(body))
}

/** Answers as the services with XML do. */
export function xml(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/xml', ...headers })
  response.end(body)
}

/** The error document of CloudFront and IAM. */
export function xmlError(code: string, message: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`
}
