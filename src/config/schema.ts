import * as z from 'zod'
import { MAX_TOKEN_MINUTES } from '../access/settings.ts'

/** A new major of the file needs a new number. */
export const CONFIG_VERSION = 1

const text = z.string().min(1)

/** `s3-okta-guard.json`: what is wanted. The key order here is the order in which it is written. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where editors find the schema of this file.'),
    version: z.literal(CONFIG_VERSION).describe('Version of the format of this file.'),
    distribution: z
      .string()
      .regex(/^[A-Z0-9]+$/, 'a CloudFront distribution id like E2QWRUHAPOMQZL')
      .describe('Id of the CloudFront distribution.'),
    hosts: z
      .array(text)
      .min(1)
      .describe('Host names that people use; the first is the canonical one.'),
    behaviors: z
      .union([z.literal('all'), z.array(text).min(1)])
      .describe('Path patterns of the guarded cache behaviors, or "all"; "default" is one.'),
    okta: z
      .strictObject({
        orgUrl: z.url({ protocol: /^https?$/ }).describe('Like https://acme.okta.com.'),
        authorizationServer: text
          .optional()
          .describe('Id of a custom authorization server; without it, that of the org.'),
      })
      .describe('The Okta org that people sign in with.'),
    allow: z
      .union([
        z.strictObject({ everyone: z.literal(true) }),
        z.strictObject({ groups: z.array(text).min(1) }),
      ])
      .describe('Who may sign in: {"everyone": true} or {"groups": [names]}.'),
    session: z
      .strictObject({
        tokenMinutes: z
          .int()
          .min(5)
          .max(MAX_TOKEN_MINUTES)
          .optional()
          .describe('Life of one token.'),
        maxHours: z.int().min(1).max(168).optional().describe('Longest session, from sign-in.'),
      })
      .optional()
      .describe('How long people stay signed in.'),
    function: z
      .strictObject({
        runtime: z
          .string()
          .regex(/^nodejs\d+\.x$/, 'a Node.js runtime like nodejs22.x')
          .optional(),
      })
      .optional()
      .describe('The Lambda@Edge function.'),
    status: z
      .strictObject({
        accept: z
          .array(z.strictObject({ finding: text, reason: text }))
          .optional()
          .describe('Findings that are known and accepted, each with its reason.'),
      })
      .optional()
      .describe('What status reports.'),
  })
  .describe('What s3-okta-guard should install.')

export type ConfigFile = z.infer<typeof configSchema>
