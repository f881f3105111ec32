const CALL =
  /(?<!npx )\bs3-okta-guard(?= (?:init|apply|status|rotate-keys|revoke|doctor|explain|teardown|demo|completion|help|--help)\b)/g

/** Whoever has come by `npx` or a script of npm has no `s3-okta-guard` in the PATH to paste. */
export function asInvoked(env: Record<string, string | undefined>): (text: string) => string {
  const isNpx = ['exec', 'run-script'].includes(env['npm_command'] ?? '')
  return (text) => (isNpx ? text.replace(CALL, 'npx s3-okta-guard') : text)
}
