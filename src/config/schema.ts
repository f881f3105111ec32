import * as z from 'zod'
import { KMS_KEY, KMS_KEY_WORDS } from '../access/kms-key.ts'
import { CLIENT_ID, CLIENT_ID_WORDS } from '../access/client-id.ts'
import { MAX_TOKEN_MINUTES, MAX_SESSION_HOURS } from '../access/settings.ts'

/** A new major of the file needs a new number. */
export const CONFIG_VERSION = 1

const text = z.string().min(1)
const texts = z.array(text).min(1)

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
        refreshToken: z
          .discriminatedUnion('rotation', [
            z.strictObject({ rotation: z.literal('STATIC') }),
            z.strictObject({
              rotation: z.literal('ROTATE'),
              leewaySeconds: z
                .int()
                .min(30)
                .max(60)
                .optional()
                .describe('How long the token before is taken as well.'),
            }),
          ])
          .optional()
          .describe(
            'Whether Okta gives a new refresh token at every refresh; STATIC: it does not.',
          ),
        client: z
          .strictObject({
            id: text.regex(CLIENT_ID, CLIENT_ID_WORDS).describe('The client_id of the app.'),
            authentication: z
              .enum(['private_key_jwt', 'client_secret'])
              .optional()
              .describe('With a key of the guard, or with the secret that Okta made.'),
          })
          .optional()
          .describe(
            'An app that your Okta admin looks after; without it, the guard makes its own.',
          ),
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
        maxHours: z
          .int()
          .min(1)
          .max(MAX_SESSION_HOURS)
          .optional()
          .describe('Longest session, from sign-in.'),
        graceMinutes: z
          .int()
          .min(0)
          .max(240)
          .optional()
          .describe('How long sessions go on while Okta does not answer; 0: not at all.'),
      })
      .optional()
      .describe('How long people stay signed in.'),
    keys: z
      .strictObject({
        maxAgeDays: z
          .int()
          .min(1)
          .max(3650)
          .optional()
          .describe('Older keys are due to be rotated, says status.'),
      })
      .optional()
      .describe('The keys that rotate-keys renews.'),
    access: z
      .strictObject({
        public: texts
          .optional()
          .describe('Paths that are open to everybody: "/robots.txt" or "/assets/*".'),
        rules: z
          .array(
            z.strictObject({
              paths: texts.describe('Paths like "/robots.txt", or all below one like "/docs/*".'),
              allow: z
                .union([
                  z.literal('everyone'),
                  z.strictObject({
                    groups: texts.optional().describe('Okta groups by name.'),
                    emails: texts.optional().describe('E-mail addresses.'),
                    emailDomains: texts.optional().describe('What stands after the "@".'),
                  }),
                ])
                .describe('Everyone who may sign in, or whoever fits one of the lists.'),
            }),
          )
          .optional()
          .describe('Who may open what: the first rule that fits decides; the last is for "/*".'),
      })
      .optional()
      .describe('Who may open which path; without it, everyone who may sign in opens all.'),
    site: z
      .strictObject({
        directoryIndex: text
          .optional()
          .describe('The file that a folder is served from, like "index.html".'),
        singlePageApp: text
          .optional()
          .describe('The file that paths without an extension are served from.'),
      })
      .optional()
      .describe('What stands in the bucket under other paths than people ask for.'),
    ssm: z
      .strictObject({
        kmsKey: z
          .string()
          .regex(KMS_KEY, KMS_KEY_WORDS)
          .optional()
          .describe('ARN of the KMS key, in us-east-1, that encrypts the private keys.'),
      })
      .optional()
      .describe('Where the private keys are kept.'),
    function: z
      .strictObject({
        runtime: z
          .string()
          .regex(/^nodejs[2-9]\d\.x$/, 'a Node.js runtime like nodejs22.x, 20 or newer')
          .optional(),
        logLevel: z
          .enum(['info', 'error', 'off'])
          .optional()
          .describe(
            'What it writes: a line for each sign-in, refusal and error; errors alone; or nothing.',
          ),
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
