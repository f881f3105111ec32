import { styleText } from 'node:util'
import type { Io } from './io.ts'

export type Tone = 'good' | 'bad' | 'attention' | 'muted' | 'strong'

/** Paints a text, or leaves it as it is. Color never carries the meaning alone. */
export interface Style {
  readonly color: boolean
  paint(tone: Tone, text: string): string
}

const FORMATS = {
  good: 'green',
  bad: 'red',
  attention: 'yellow',
  muted: 'dim',
  strong: 'bold',
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>

/** Color for one stream: a terminal that can, and nobody said no (https://no-color.org). */
export function styleFor(
  io: Pick<Io, 'env' | 'isTTY'>,
  stream: 'stdout' | 'stderr',
  wanted: boolean,
): Style {
  const refused = (io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb'
  const color = wanted && !refused && io.isTTY[stream]
  return {
    color,
    paint: (tone, text) =>
      color ? styleText(FORMATS[tone], text, { validateStream: false }) : text,
  }
}
