#!/usr/bin/env node
// Plain JavaScript with dynamic imports only: an old Node.js must get as far as the message.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `s3-okta-guard needs Node.js 20.19 or newer; this is ${process.version} (${process.execPath}).\n`,
  )
  process.exit(2)
}

const argv = process.argv.slice(2)
quietLibraries(argv.includes('--debug'))
process.stdout.on('error', ignoreClosedPipe)
process.stderr.on('error', ignoreClosedPipe)

const { main } = await loadCli()
// Leaves at once, also when a second Ctrl-C left work behind; all output is written by then.
process.exit(await main(argv))

async function loadCli() {
  const cli = new URL('../dist/cli.js', import.meta.url)
  try {
    return await import(cli.href)
  } catch (error) {
    const missing = error.code === 'ERR_MODULE_NOT_FOUND' && error.url === cli.href
    if (!missing) throw error
    process.stderr.write('s3-okta-guard is not built yet. Run: npm run build\n')
    process.exit(1)
  }
}

/**
 * Our own code writes through its `Io`, never the console. What libraries say on the console, or
 * as process warnings about the Node.js version, is for developers: shown with --debug only.
 */
function quietLibraries(debug) {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const say = debug ? (...args) => console.error(...args) : () => {}
  for (const method of ['log', 'info', 'warn', 'debug']) console[method] = say
  if (debug) return
  console.error = say
  process.removeAllListeners('warning')
  process.on('warning', () => {})
}

/** `s3-okta-guard init | head` closes the pipe early; the work goes on and the rest is not heard. */
function ignoreClosedPipe(error) {
  if (error.code !== 'EPIPE') throw error
}
