import type { Channel } from './channel.ts'
import type { Progress, StepProgress } from './output.ts'
import type { Spinner } from './spinner.ts'
import type { Style } from './style.ts'

export interface ProgressDeps {
  channel: Channel
  style: Style
  /** undefined: no terminal to move things on. */
  spinner: Spinner | undefined
  now(): number
}

/** `41 s`, `2 min 5 s`, `1 h 3 min`. */
export function elapsed(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `step 3/11 label … done (41 s)`: a spinner meanwhile in a terminal, one plain line elsewhere. */
export function createProgress(deps: ProgressDeps, total: number): Progress {
  let count = 0
  return {
    begin(label) {
      count += 1
      const place = `step ${String(count).padStart(String(total).length)}/${total}`
      return beginStep(deps, `${place} ${label} …`)
    },
  }
}

function beginStep({ channel, style, spinner, now }: ProgressDeps, text: string): StepProgress {
  const started = now()
  let note = ''
  const refresh = () => {
    const waited = now() - started
    const parts = [note, waited >= 1000 ? elapsed(waited) : ''].filter((part) => part !== '')
    spinner?.show([text, ...parts].join(' '))
  }
  if (!spinner) channel.open(text)
  refresh()
  const ticker = spinner && setInterval(refresh, 1000)
  ticker?.unref()
  const end = (word: string, said: string | undefined) => {
    clearInterval(ticker)
    spinner?.hide()
    const rest = ` ${word} (${elapsed(now() - started)})${said ? `: ${said}` : ''}`
    channel.close(rest, text + rest)
  }
  return {
    update(next) {
      note = next
      refresh()
    },
    done: (said) => end(style.paint('good', 'done'), said),
    later: () => end(style.paint('attention', 'not yet'), undefined),
    fail: (said) => end(style.paint('bad', 'failed'), said),
  }
}
