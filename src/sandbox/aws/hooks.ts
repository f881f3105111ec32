export type Hook = () => void | Promise<void>

/** What tests let happen just before an operation: somebody else's change between a read and a write. */
export interface Hooks {
  /** Runs `hook` before the next `times` calls of an operation; the result takes it away again. */
  before(operation: string, hook: Hook, times?: number): () => void
  run(operation: string): Promise<void>
}

export function createHooks(): Hooks {
  let waiting: { operation: string; hook: Hook; left: number }[] = []
  return {
    before(operation, hook, times = 1) {
      const entry = { operation, hook, left: times }
      waiting.push(entry)
      return () => {
        waiting = waiting.filter((other) => other !== entry)
      }
    },
    async run(operation) {
      for (const entry of waiting.filter((candidate) => candidate.operation === operation)) {
        entry.left -= 1
        if (entry.left <= 0) waiting = waiting.filter((other) => other !== entry)
        await entry.hook()
      }
    },
  }
}
