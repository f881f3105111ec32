import * as z from 'zod'

const severity = z.enum(['exposed', 'broken', 'due', 'info'])

export const exitCode = z.int().min(0).max(255)

export const finding = z.object({
  code: z.string(),
  severity,
  subject: z.string(),
  message: z.string(),
  next: z.string(),
  accepted: z.string().optional(),
})

const later = z.object({ what: z.string(), due: z.string(), next: z.string() })

const step = z.object({
  id: z.string(),
  kind: z.string(),
  action: z.enum(['create', 'update', 'delete', 'wait', 'check']),
  resource: z.string(),
  inputs: z.record(z.string(), z.unknown()),
  changes: z.array(z.object({ field: z.string(), from: z.string(), to: z.string() })),
  after: z.array(z.string()),
  warnings: z.array(z.string()),
  reason: z.enum(['missing', 'drift', 'settings', 'update', 'housekeeping']),
})

const change = z.object({
  distribution: z.string(),
  plan: z.object({
    steps: z.array(step),
    later: z.array(later),
    findings: z.array(finding),
  }),
  applied: z.array(
    z.object({
      id: z.string(),
      action: z.string(),
      resource: z.string(),
      seconds: z.number(),
    }),
  ),
  changed: z.boolean(),
  dryRun: z.boolean(),
  next: z.array(z.string()),
})

/** What an Okta admin enters for an app that is not the guard's; null: there is none, or it was entered. */
const oktaAdmin = z.object({
  clientId: z.string(),
  entries: z.array(z.object({ field: z.string(), values: z.array(z.string()) })),
  jwks: z.array(
    z.object({
      kty: z.literal('RSA'),
      kid: z.string(),
      alg: z.literal('RS256'),
      use: z.literal('sig'),
      n: z.string(),
      e: z.string(),
    }),
  ),
})

const installData = change.extend({
  sites: z.array(z.string()),
  oktaAdmin: oktaAdmin.nullable(),
})

const teardownData = change.extend({ state: z.enum(['absent', 'tearing-down']) })

const rotateData = change.extend({
  compromised: z.boolean(),
  rings: z.array(
    z.object({
      ring: z.enum(['session', 'client', 'seal']),
      state: z.enum(['planned', 'in-use', 'waiting']),
      kid: z.string().nullable(),
      since: z.string().nullable(),
      waitsFor: z
        .enum(['deployed', 'propagation', 'caches', 'previous-keys', 'okta', 'rotation'])
        .nullable(),
      until: z.string().nullable(),
    }),
  ),
  notice: z.array(z.string()),
})

const revokeData = change.extend({
  who: z.string(),
  startedUntil: z.string(),
  heldSince: z.string().nullable(),
  continued: z.boolean(),
  bar: z.array(z.string()),
  effects: z.array(
    z.object({
      effect: z.enum(['sessions', 'okta-refresh-tokens', 'sign-in']),
      done: z.boolean(),
      detail: z.string(),
    }),
  ),
})

const statusData = z.object({
  distribution: z.string(),
  state: z.enum(['absent', 'installing', 'installed', 'tearing-down']),
  parts: z.array(
    z.object({
      part: z.string(),
      state: z.enum(['ok', 'drift', 'missing', 'not-checked', 'pending']),
      detail: z.string(),
    }),
  ),
  keys: z.array(
    z.object({
      ring: z.enum(['session', 'client', 'seal']),
      kid: z.string(),
      state: z.enum(['pending', 'current', 'previous']),
      createdAt: z.string(),
      deployedAt: z.string().optional(),
      promotedAt: z.string().optional(),
      retireAfter: z.string().optional(),
      ageDays: z.int(),
      rotateBy: z.string().optional(),
      isDue: z.boolean(),
    }),
  ),
  findings: z.array(finding),
  later: z.array(later),
  sites: z.array(z.string()),
  next: z.array(z.string()),
})

const doctorData = z.object({
  distribution: z.string().nullable(),
  state: z.enum(['unknown', 'absent', 'installing', 'installed', 'tearing-down']),
  coming: z.array(z.string()),
  checks: z.array(
    z.object({
      check: z.string(),
      state: z.enum(['ok', 'note', 'due', 'attention', 'not-checked']),
      detail: z.string(),
    }),
  ),
  findings: z.array(finding),
  next: z.array(z.string()),
})

const demoData = z.object({
  site: z.string(),
  okta: z.string(),
  users: z.array(
    z.object({ login: z.string(), groups: z.array(z.string()), allowed: z.boolean() }),
  ),
  checks: z.array(z.object({ check: z.string(), ok: z.boolean(), detail: z.string() })),
})

const explainData = z.object({
  path: z.string(),
  user: z.string().optional(),
  groups: z.array(z.string()).optional(),
  verdict: z.enum(['public', 'allowed', 'denied', 'sign-in', 'guard']),
  reason: z.string(),
  readings: z.array(z.string()),
  forwarded: z.string(),
  served: z.string(),
  servedBy: z.enum(['site.directoryIndex', 'site.singlePageApp', 'default root object']).nullable(),
  maySignIn: z.boolean().nullable(),
  rules: z.array(
    z.object({
      rule: z.int(),
      patterns: z.array(z.string()),
      allow: z.union([
        z.literal('everyone'),
        z.object({
          groups: z.array(z.string()).optional(),
          emails: z.array(z.string()).optional(),
          emailDomains: z.array(z.string()).optional(),
        }),
      ]),
      decides: z.array(z.string()),
      lets: z.boolean().nullable(),
      by: z.array(z.string()),
    }),
  ),
  notes: z.array(z.string()),
})

const completionData = z.object({ shell: z.enum(['bash', 'zsh', 'fish']), script: z.string() })

/** `data` of every command's JSON document; `cli` has none, it only fails. */
export const DATA_SCHEMAS = {
  init: installData,
  apply: installData,
  status: statusData,
  'rotate-keys': rotateData,
  revoke: revokeData,
  doctor: doctorData,
  teardown: teardownData,
  demo: demoData,
  explain: explainData,
  completion: completionData,
} as const

export type InstallData = z.infer<typeof installData>
export type TeardownData = z.infer<typeof teardownData>
export type RotateData = z.infer<typeof rotateData>
export type RevokeData = z.infer<typeof revokeData>
export type StatusData = z.infer<typeof statusData>
export type DoctorData = z.infer<typeof doctorData>
export type DemoData = z.infer<typeof demoData>
export type ExplainData = z.infer<typeof explainData>
export type CompletionData = z.infer<typeof completionData>
