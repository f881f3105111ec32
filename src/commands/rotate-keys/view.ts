import { EXIT } from '../../errors/codes.ts'
import { cutoverWords } from '../../plan/keys/preview.ts'
import { ringOf } from '../../plan/keys/begin.ts'
import { keysLater } from '../../plan/keys/age.ts'
import { currentOf } from '../../plan/keys/ring.ts'
import type { RingWait, Wanted } from '../../plan/keys/round.ts'
import type { Observed } from '../../plan/observed.ts'
import type { Plan } from '../../plan/types.ts'
import type { AppliedStep } from '../../provision/apply.ts'
import type { RotateData } from '../../ui/schemas/data.ts'
import type { CommandContext, CommandResult, View } from '../program/context.ts'
import type { RotateOptions } from '../program/options.ts'
import { typedAll } from '../shared/next.ts'
import { waitWords } from './rounds.ts'

interface Outcome {
  context: CommandContext<RotateOptions>
  distribution: string
  wanted: Wanted
  plan: Plan
  observed: Observed
  applied: AppliedStep[]
  waits: RingWait[]
  /** ISO 8601, AWS's clock. */
  now: string
}

type RingData = RotateData['rings'][number]

/** What has come of it: which key of each ring is in use, and what is waited for. */
export function resultOf(outcome: Outcome): CommandResult<RotateData> {
  const { context, distribution, wanted, plan, observed, applied, waits, now } = outcome
  const { dryRun } = context.options
  const later = typedAll(
    observed.manifest ? keysLater(observed.manifest, now) : [],
    context,
    distribution,
  )
  const next = nextOf(outcome)
  return {
    exitCode: waits.length > 0 ? EXIT.unfinished : EXIT.ok,
    data: {
      distribution,
      plan: dryRun ? plan : { ...plan, later },
      applied,
      changed: applied.length > 0,
      dryRun,
      compromised: wanted.compromised,
      rings: wanted.rings.map((ring) => ringData(ring, outcome)),
      notice: wanted.compromised ? wanted.rings.flatMap(cutoverWords) : [],
      next,
    },
    render: (view) => {
      render(view, outcome)
      view.later(later)
      view.line()
      view.next(next)
    },
  }
}

function ringData(ring: RingData['ring'], { context, observed, waits }: Outcome): RingData {
  const found = observed.manifest && ringOf(observed.manifest, ring)
  const current = found && currentOf(found)
  const wait = waits.find((one) => one.ring === ring)
  const isOpen = found?.request !== undefined
  return {
    ring,
    state: context.options.dryRun ? 'planned' : isOpen ? 'waiting' : 'in-use',
    kid: current?.kid ?? null,
    since: current?.promotedAt ?? current?.createdAt ?? null,
    waitsFor: wait?.for ?? (isOpen ? 'rotation' : null),
    until: wait?.until ?? null,
  }
}

function render(view: View, outcome: Outcome): void {
  const { context, wanted, waits } = outcome
  if (context.options.dryRun) {
    view.line('Dry run: nothing was changed.')
  } else if (waits.length > 0) {
    view.line(
      `Not finished. Waiting: ${waits.map(waitWords).join('; ')}. The old keys stay in use.`,
    )
  } else {
    for (const ring of wanted.rings) {
      const { kid, since } = ringData(ring, outcome)
      view.line(`The ${ring} key in use is ${kid ?? '?'}, since ${since ?? '?'}.`)
    }
  }
  if (!wanted.compromised) return
  for (const ring of wanted.rings) {
    view.heading(`${ring} key`)
    for (const words of cutoverWords(ring)) view.line(`  ${words}`)
  }
}

function nextOf({ context, distribution, wanted, waits }: Outcome): string[] {
  const { dryRun } = context.options
  if (!dryRun && waits.length === 0) return [`s3-okta-guard status --distribution ${distribution}`]
  const only = wanted.rings.length === 3 ? [] : wanted.rings.map((ring) => `--only ${ring}`)
  const words = [
    's3-okta-guard rotate-keys',
    ...only,
    ...(wanted.compromised ? ['--compromised'] : []),
    `--distribution ${distribution}`,
  ]
  return [words.join(' ')]
}
