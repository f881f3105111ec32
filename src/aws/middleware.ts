export interface AwsCall {
  service: string
  operation: string
  ms: number
  status?: number
}

interface HttpMessage {
  statusCode?: number
  headers?: Record<string, string>
  body?: unknown
}

type Handler = (args: { request: unknown; input: object }) => Promise<{ response: unknown }>

/** The part of an SDK client's middleware stack that we use. */
export interface MiddlewareStackLike {
  // The SDK's own types tie a middleware to the union of all inputs of one service.
  add(middleware: never, options: never): void
}

type Middleware = (
  next: Handler,
  context: { commandName?: string },
) => (args: { request: unknown; input: object }) => Promise<{ response: unknown }>

/** Reports every attempt and its `Date` header; innermost, so that it sees each retry. */
export function observeAnswers(
  stack: MiddlewareStackLike,
  service: string,
  on: { onCall: ((call: AwsCall) => void) | undefined; onDate: (date: Date) => void },
): void {
  const middleware: Middleware = (next, context) => async (args) => {
    const operation = (context.commandName ?? '').replace(/Command$/, '')
    const started = performance.now()
    let answer: HttpMessage | undefined
    try {
      const result = await next(args)
      answer = result.response as HttpMessage
      const date = new Date(answer.headers?.['date'] ?? '')
      if (!Number.isNaN(date.getTime())) on.onDate(date)
      return result
    } finally {
      const ms = Math.round(performance.now() - started)
      const status = answer?.statusCode
      on.onCall?.({ service, operation, ms, ...(status === undefined ? {} : { status }) })
    }
  }
  add(stack, middleware, { step: 'deserialize', priority: 'low', name: 'guardObserveAnswers' })
}

/** Hands over the body of a good answer as it came over the wire. For the stack of one command. */
export function captureBody(stack: MiddlewareStackLike, onBody: (body: string) => void): void {
  const middleware: Middleware = (next) => async (args) => {
    const result = await next(args)
    const response = result.response as HttpMessage
    const parts: Uint8Array[] = []
    for await (const part of response.body as AsyncIterable<Uint8Array>) parts.push(part)
    const body = Buffer.concat(parts)
    response.body = body
    if ((response.statusCode ?? 0) < 300) onBody(body.toString('utf8'))
    return result
  }
  add(stack, middleware, { step: 'deserialize', priority: 'low', name: 'guardCaptureBody' })
}

/** Sends `body` in place of what the SDK serialized, before length and signature are made. */
export function replaceBody(stack: MiddlewareStackLike, body: string): void {
  const middleware: Middleware = (next) => (args) => {
    ;(args.request as HttpMessage).body = Buffer.from(body, 'utf8')
    return next(args)
  }
  add(stack, middleware, { step: 'build', priority: 'high', name: 'guardReplaceBody' })
}

function add(stack: MiddlewareStackLike, middleware: Middleware, options: object): void {
  stack.add(middleware as never, options as never)
}
