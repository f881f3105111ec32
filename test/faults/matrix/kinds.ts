import type { Fault, FaultKind, Refusal } from '../../../src/sandbox/types.ts'
import type { World } from './world.ts'

/** One thing that can go wrong at a mutating call. */
export interface Kind {
  name: string
  /** Cases of the catalogue. */
  ids: string
  fault(world: World, call: number): Fault
  /** How the run may end in which it happens. */
  exits: number[]
  /** CI runs it at every call, not only at some. */
  always?: true
}

const ENDS = [0, 1]

function plain(
  name: string,
  ids: string,
  kind: FaultKind,
  exits: number[],
  more: { times?: number; always?: true } = {},
): Kind {
  const { times = 1, ...flags } = more
  const fault = (_world: World, mutation: number): Fault => ({ at: { mutation }, kind, times })
  return { name, ids, fault, exits, ...flags }
}

function refused(name: string, ids: string, refuse: Refusal, times = 1): Kind {
  return plain(name, ids, { refuse }, ENDS, { times })
}

export const FOREIGN = 'changed by somebody else meanwhile'

/** Somebody else edits a field that is not ours, just before the call is applied. */
const foreign: Kind = {
  name: 'stale ETag, foreign change',
  ids: 'B09 B10',
  fault: ({ sandbox, site }, mutation) => ({
    at: { mutation },
    kind: {
      meanwhile() {
        sandbox.aws.editDistribution(site.distributionId, (xml) =>
          xml.replace(/<Comment>[^<]*<\/Comment>|<Comment\/>/, `<Comment>${FOREIGN}</Comment>`),
        )
      },
    },
  }),
  exits: [0],
}

export const KINDS: Kind[] = [
  plain('crash before', 'B01', 'crash-before', [0, 1]),
  plain('crash after', 'B02', 'crash-after', [0, 1], { always: true }),
  plain('lost answer', 'B03', 'lost-answer', ENDS, { always: true }),
  refused('500 once', 'B04', 'failed'),
  refused('500 four times', 'B04', 'failed', 4),
  refused('502 once', 'B04', 'bad-gateway'),
  plain('502 after it was applied', 'B04 B41', { refuse: 'bad-gateway', applied: true }, ENDS),
  refused('502 four times', 'B04', 'bad-gateway', 4),
  refused('503 once', 'B04', 'unavailable'),
  refused('503 four times', 'B04', 'unavailable', 4),
  refused('throttled', 'B05 B40', 'throttled'),
  refused('throttled six times', 'B05 B40', 'throttled', 6),
  refused('throttled, with a hint', 'B05 B40', 'throttled-with-hint'),
  plain('reset', 'B07', 'reset', ENDS),
  plain('no answer at all', 'B07', 'hang', ENDS),
  plain('slow drip', 'B07', { drip: 20 }, ENDS),
  plain('malformed answer', 'B08', 'malformed', ENDS),
  foreign,
  plain('credentials expired', 'B35', { refuse: 'expired', lasting: true }, [0, 5]),
  plain('access denied', 'B36 B37', { refuse: 'denied', lasting: true }, [0, 5]),
]
