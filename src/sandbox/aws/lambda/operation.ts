import type { Context, Permission } from '../types.ts'
import { functionRef } from './record.ts'
import type { FunctionRef } from './record.ts'

/** A call after its path was matched. */
export interface Input {
  /** Function name or ARN (tags: resource ARN) out of the path, decoded. */
  target: string
  query: URLSearchParams
  body: Record<string, unknown>
}

export interface Output {
  status: number
  body?: Record<string, unknown>
}

/** One Lambda operation; `path` has one group, for the target. */
export interface LambdaOperation {
  name: string
  method: string
  path: RegExp
  mutating: boolean
  also?(input: Input, context: Context): Permission[]
  run(input: Input, context: Context): Output
}

export const FUNCTION_PATH = /^\/2015-03-31\/functions\/([^/]+)\/?$/
export const COLLECTION_PATH = /^\/2015-03-31\/functions\/?()$/
export const TAGS_PATH = /^\/2017-03-31\/tags\/([^/]+)\/?$/

/** `/2015-03-31/functions/{FunctionName}/{part}` */
export function functionPath(part: string): RegExp {
  return new RegExp(String.raw`^/2015-03-31/functions/([^/]+)/${part}/?$`)
}

/** The function that the path and `?Qualifier=` name. */
export function refOf({ target, query }: Input, context: Context): FunctionRef {
  return functionRef(target, query.get('Qualifier'), context)
}
