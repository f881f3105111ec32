/** oidc-provider's notices (`Unsupported runtime`, development defaults) are not for the user's screen. */
export async function quietly<T>(run: () => T | Promise<T>): Promise<T> {
  const { info, warn } = console
  const hush =
    (write: typeof console.warn) =>
    (...args: unknown[]): void => {
      if (!String(args[0]).includes('oidc-provider ')) write(...args)
    }
  console.info = hush(info)
  console.warn = hush(warn)
  try {
    return await run()
  } finally {
    console.info = info
    console.warn = warn
  }
}
