const CALL =
  /\bs3-okta-guard (init|apply|status|rotate-keys|revoke|doctor|explain|teardown|demo|completion|help|--help)\b/g

/** Flags of this run that hold for the next one as well, quoted for a shell. */
export interface KeptFlags {
  config?: string | undefined
  profile?: string | undefined
}

/**
 * Commands in a text as they must be typed here. Whoever has come by `npx` or a script of npm has no `s3-okta-guard`
 * in the PATH, and whoever named a file or a profile means them in the next command, too.
 */
export function asInvoked(
  env: Record<string, string | undefined>,
  kept: KeptFlags = {},
): (text: string) => string {
  const isNpx = ['exec', 'run-script'].includes(env['npm_command'] ?? '')
  return (text) =>
    text.replace(CALL, (call, command: string, at: number) => {
      const before = isNpx && !text.slice(0, at).endsWith('npx ') ? 'npx ' : ''
      const flags = flagsOf(command, kept).filter((flag) => !text.includes(`--${flag} `))
      return [`${before}${call}`, ...flags.map((flag) => `--${flag} ${kept[flag]}`)].join(' ')
    })
}

function flagsOf(command: string, kept: KeptFlags): (keyof KeptFlags)[] {
  if (['demo', 'completion', 'help', '--help'].includes(command)) return []
  const known: (keyof KeptFlags)[] = command === 'explain' ? ['config'] : ['config', 'profile']
  return known.filter((flag) => kept[flag] !== undefined)
}
