import type { Writable } from 'node:stream'

/** A line at the bottom of the terminal that moves. */
export interface Spinner {
  show(text: string): void
  hide(): void
}

/** Only for a terminal with color: on a pipe ora prints frames and color codes. */
export async function createSpinner(stream: Writable): Promise<Spinner> {
  const { default: ora } = await import('ora')
  // Raw mode would take Ctrl-C away from the signal handlers.
  const spinner = ora({ stream: stream as NodeJS.WriteStream, discardStdin: false })
  return {
    show(text) {
      if (spinner.isSpinning) spinner.text = text
      else spinner.start(text)
    },
    hide() {
      if (spinner.isSpinning) spinner.stop()
    },
  }
}
