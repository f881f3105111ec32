import * as z from 'zod'
import { ERROR_CODES } from '../../errors/codes.ts'
import { exitCode, finding } from './data.ts'

const always = {
  schema: z.literal('s3-okta-guard/event@1'),
  /** By the clock of this machine. */
  time: z.iso.datetime(),
  /** `cli` where no command could be recognized. */
  command: z.string(),
}

const action = z.enum(['create', 'update', 'delete', 'wait', 'check'])
/** `step` is its id in the plan. */
const step = { step: z.string(), action, resource: z.string() }

const started = z.object({
  ...always,
  event: z.literal('step-started'),
  ...step,
  number: z.int(),
  total: z.int(),
})

const ended = z.object({
  ...always,
  event: z.enum(['step-done', 'step-unfinished', 'step-failed']),
  ...step,
  seconds: z.number(),
  message: z.string().optional(),
})

/** In the midst of a step, or between two of them. */
const waiting = z.object({
  ...always,
  event: z.literal('waiting'),
  step: z.string().optional(),
  action: action.optional(),
  resource: z.string().optional(),
  message: z.string(),
})

const plan = z.object({
  ...always,
  event: z.literal('plan'),
  steps: z.array(z.object({ ...step, reason: z.string(), warnings: z.array(z.string()) })),
})

const found = z.object({ ...always, event: z.literal('finding'), ...finding.shape })

const message = z.object({
  ...always,
  event: z.literal('message'),
  level: z.enum(['info', 'notice', 'warning', 'debug']),
  message: z.string(),
})

/** The last line of a run that came to its end. */
const finished = z.object({
  ...always,
  event: z.literal('finished'),
  ok: z.boolean(),
  exitCode,
})

/** The last line of a run that did not. */
const failed = z.object({
  ...always,
  event: z.literal('failed'),
  ok: z.literal(false),
  exitCode: exitCode.min(1),
  error: z.object({
    code: z.enum(Object.keys(ERROR_CODES)),
    message: z.string().min(1),
    hint: z.string(),
    next: z.array(z.string()),
    details: z.array(z.string()),
  }),
})

const event = z.union([started, ended, waiting, plan, found, message, finished, failed])

type Without<T> = T extends unknown ? Omit<T, keyof typeof always> : never
/** One line of `--json-events`, without what stands in all of them. */
export type EventBody = Without<z.infer<typeof event>>

/** One line of `--json-events`, as JSON Schema. */
export function eventJsonSchema(): object {
  return {
    $id: 'https://unpkg.com/s3-okta-guard/docs/schemas/event.schema.json',
    title: 's3-okta-guard --json-events, one line',
    ...z.toJSONSchema(event, { target: 'draft-7' }),
  }
}
