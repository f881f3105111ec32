import { stat } from 'node:fs/promises'
import path from 'node:path'
import { EXIT } from '../errors/codes.ts'
import { GuardError } from '../errors/guard-error.ts'
import { startSandbox, type Sandbox } from '../sandbox/index.ts'
import type { DemoData } from '../ui/schemas/data.ts'
import type { Command, CommandContext, CommandResult } from './program/context.ts'
import { checkDemo } from './demo/check.ts'
import { environmentOf, type Demo } from './demo/environment.ts'
import { fileOf, sendGroups, showRules } from './demo/rules.ts'
import { DEMO_GROUPS, demoUsers, FINANCE } from './demo/users.ts'
import { initialize } from './init.ts'
import { INSTALL_DEFAULTS, type DemoOptions } from './program/options.ts'

type Context = CommandContext<DemoOptions>

/** What takes minutes on AWS takes this long here, in milliseconds: long enough to be seen. */
const DELAYS = { deploy: 1_500, role: 400, lambda: 200, replica: 2_000 }

/** Okta, AWS and CloudFront on this machine, `init` in full view, and a site to open. */
export const run: Command<DemoOptions, DemoData> = async (context) => {
  const { output } = context
  output.info('Starting Okta, AWS and CloudFront on this machine …')
  const sandbox = await startCloud(context)
  try {
    const site = sandbox.createSite()
    const users = demoUsers()
    for (const user of users) sandbox.okta.addUser(user)
    const demo: Demo = {
      sandbox,
      site: site.url,
      distribution: site.distributionId,
      users,
      isSample: context.options.folder === undefined,
    }

    await showOpen(context, demo)
    await installGuard(context, demo)
    if (context.options.check) return await checked(context, demo)
    showHowTo(context, demo)
    await interruption(context)
    return resultOf(demo, [])
  } finally {
    await sandbox.close()
  }
}

async function startCloud({ options, io }: Context): Promise<Sandbox> {
  const folder = options.folder === undefined ? undefined : path.resolve(io.cwd, options.folder)
  if (folder !== undefined) await assertFolder(folder)
  try {
    return await startSandbox({
      delays: DELAYS,
      ...(folder === undefined ? {} : { folder }),
      ...(options.port === undefined ? {} : { ports: { cloudfront: options.port } }),
    })
  } catch (error) {
    const { code, port } = error as { code?: string; port?: number }
    if (code !== 'EADDRINUSE') throw error
    throw new GuardError({
      code: 'port-in-use',
      message: `Port ${port ?? options.port ?? '?'} is in use by another program.`,
      hint: 'Choose another with --port, or leave --port out to take a free one.',
      cause: error,
    })
  }
}

async function assertFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory()) return
  throw new GuardError({
    code: 'usage',
    message: found ? `${folder} is not a folder.` : `There is no folder ${folder}.`,
    hint: 'Name the folder that holds the site, or leave it out to see the sample.',
  })
}

async function showOpen({ output }: Context, { site }: Demo): Promise<void> {
  const { status } = await fetch(`${site}/`, { redirect: 'manual' })
  output.info('')
  output.info(`A private bucket behind CloudFront: ${site}/`)
  output.info(
    `Anybody can read it now: GET / answers ${status} to a stranger. One command changes that:`,
  )
}

/** The same `init`, through the same clients; only the addresses in its environment are local. */
async function installGuard(context: Context, demo: Demo): Promise<void> {
  const { output, options } = context
  const groups = DEMO_GROUPS.map((group) => ` --group "${group}"`).join('')
  output.info('')
  if (demo.isSample) showRules(output)
  output.info(`$ s3-okta-guard init --distribution ${demo.distribution}${groups}`)
  const there = {
    ...context,
    io: { ...context.io, env: environmentOf(context, demo.sandbox) },
    options: {
      ...INSTALL_DEFAULTS,
      ...options,
      distribution: demo.distribution,
      group: [...DEMO_GROUPS],
      yes: true,
    },
    config: demo.isSample ? fileOf(context.configPath, demo) : undefined,
  }
  const result = await initialize(there, false)
  output.view((view) => {
    result.render(view)
  })
  if (demo.isSample) sendGroups(output, demo)
}

async function checked(context: Context, demo: Demo): Promise<CommandResult<DemoData>> {
  const checks = await checkDemo(context, demo)
  return resultOf(demo, checks)
}

function showHowTo({ output }: Context, demo: Demo): void {
  const environment = {
    ...demo.sandbox.environment(),
    S3_OKTA_GUARD_DISTRIBUTION: demo.distribution,
  }
  output.view((view) => {
    view.line()
    view.heading(`Open ${demo.site}/ in Chrome, Edge or Firefox`)
    view.line('(Safari does not keep Secure cookies on http://localhost.)')
    view.line()
    view.table([
      ['  user', 'password', 'groups', 'may sign in', ...(demo.isSample ? [FINANCE] : [])],
      ...demo.users.map(({ login, password, groups, allowed, finance }) => [
        `  ${login}`,
        password,
        groups.join(', ') || '(none)',
        yesNo(allowed),
        ...(demo.isSample ? [yesNo(finance)] : []),
      ]),
    ])
    view.line()
    view.heading('To try the commands, paste this into a second terminal')
    for (const [name, value] of Object.entries(environment)) view.line(`export ${name}=${value}`)
    view.line('npx s3-okta-guard status')
    view.line()
    view.line('Then init again, revoke, rotate-keys, doctor or teardown.')
    view.line()
    view.line('Ctrl-C stops it all and leaves nothing behind.')
  })
}

function yesNo(is: boolean): string {
  return is ? 'yes' : 'no'
}

/** Ctrl-C is how a demo ends: no error. */
function interruption({ signal }: Context): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    // The servers keep the process alive; this listener ends it.
    signal.addEventListener('abort', () => {
      resolve()
    })
  })
}

function resultOf(demo: Demo, checks: DemoData['checks']): CommandResult<DemoData> {
  const failed = checks.filter(({ ok }) => !ok)
  return {
    exitCode: failed.length > 0 ? EXIT.failed : EXIT.ok,
    data: {
      site: demo.site,
      okta: demo.sandbox.okta.url,
      users: demo.users.map(({ login, groups, allowed }) => ({ login, groups, allowed })),
      checks,
    },
    render(view) {
      if (checks.length === 0) {
        view.line('The demo has stopped; nothing of it is left.')
        return
      }
      view.table(checks.map(({ check, ok, detail }) => [ok ? '✓' : '✗', check, detail]))
      view.line(
        failed.length === 0
          ? `All ${checks.length} checks passed.`
          : `${failed.length} of ${checks.length} checks failed.`,
      )
    },
  }
}
