import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scriptedPrompter, startCli } from '../../helpers/cli.ts'
import {
  editFile,
  expectRefusal,
  installData,
  newsOf,
  startStage,
  statusData,
  stepsOf,
  type Stage,
} from '../../helpers/install.ts'
import { expectValid } from '../../helpers/schema.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const TERMINAL = { isTTY: { stdin: true, stdout: true, stderr: false } }

async function fileIn(cwd: string): Promise<unknown> {
  return JSON.parse(await readFile(path.join(cwd, 's3-okta-guard.json'), 'utf8'))
}

test('in a terminal it asks for what it was not told, shows the plan and installs it', async () => {
  const { distributionId, url } = stage.sandbox.createSite({
    aliases: ['asked.example.com'],
    comment: 'the quarterly reports',
  })
  const { OKTA_CLIENT_ORGURL: orgUrl = '', OKTA_CLIENT_TOKEN: token = '', ...env } = stage.env
  const domain = new URL(url).host
  const script = scriptedPrompter([
    `${distributionId}  asked.example.com, ${domain}`,
    orgUrl,
    token,
    'groups',
    ['Reports', 'Crew'],
    true,
  ])
  const cwd = await stage.folder()
  const run = await stage.run(['init'], { ...TERMINAL, env, cwd, prompter: script.prompter })
  expect(run.exitCode, run.stderr).toBe(0)
  expect(script.asked.map((message) => message.replace(orgUrl, 'ORG'))).toEqual([
    'Which CloudFront distribution?',
    'Which Okta org? (like https://acme.okta.com)',
    'API token of ORG:',
    'Who may sign in?',
    'Which groups?',
    'Apply this plan?',
  ])
  expect(run.stderr).toContain('+ Okta app "S3 Okta Guard: asked.example.com"')
  expect(run.stderr).toMatch(/step +1\/\d+ .* … done \(\d+ s\)/)
  expect(run.stdout).toContain('https://asked.example.com/')
  expect(run.stdout).toContain(`s3-okta-guard teardown --distribution ${distributionId}`)
  expect(run.stdout + run.stderr).not.toContain(token)
  expect(await fileIn(cwd)).toEqual({
    version: 1,
    distribution: distributionId,
    hosts: ['asked.example.com'],
    behaviors: 'all',
    okta: { orgUrl },
    allow: { groups: ['Reports', 'Crew'] },
  })
})

test('the question answered with no ends with 130, and nothing was changed', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const { prompter } = scriptedPrompter([false])
  stage.sandbox.operations.clearLog()
  const cwd = await stage.folder()
  const run = await stage.run(['init', '--distribution', distributionId, '--group', 'Reports'], {
    ...TERMINAL,
    prompter,
    cwd,
  })
  expect(run.exitCode).toBe(130)
  expect(run.stderr).toContain('Nothing was changed.')
  expect(stage.mutating()).toEqual([])
  await expect(fileIn(cwd)).rejects.toThrow('ENOENT')
})

test('a second init makes no mutating call and says so, with the file and without', async () => {
  const { cwd, distributionId } = await stage.installed()
  stage.sandbox.operations.clearLog()
  const run = await stage.run(['init'], { cwd })
  expect(run.exitCode).toBe(0)
  expect(run.stdout).toContain('Nothing to change: everything is installed as wanted.')
  const document = installData(await stage.run(['init', '--json'], { cwd }))
  expect(document).toMatchObject({ changed: false, applied: [], plan: { steps: [] } })
  const elsewhere = await stage.run(['init', '--distribution', distributionId, '--json'])
  expect(installData(elsewhere)).toMatchObject({ changed: false, plan: { steps: [] } })
  expect(stage.mutating()).toEqual([])
})

test('B65 a dry run makes no mutating call and shows the plan that the run then applies', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json']
  stage.sandbox.operations.clearLog()
  const cwd = await stage.folder()
  const dry = await stage.run([...argv, '--dry-run'], { cwd })
  expect(dry.exitCode).toBe(0)
  expect(stage.mutating()).toEqual([])
  await expect(fileIn(cwd)).rejects.toThrow('ENOENT')
  const wet = await stage.run(argv, { cwd })
  expect(stepsOf(installData(dry))).toEqual(stepsOf(installData(wet)))
  expect(installData(dry)).toMatchObject({ dryRun: true, changed: false, applied: [] })
  expect(installData(wet).applied.map(({ id }) => id)).toEqual(
    installData(dry).plan.steps.map(({ id }) => id),
  )
})

/** Open sessions are renewed, which Okta refuses to those who may no longer sign in. */
const NEW_REVISION = [
  'update lambda.function',
  'create lambda.version',
  'update cloudfront.behaviors',
  'wait cloudfront.deployed',
  'check web.probe',
]

test('a group added to the file, one removed, and everyone are planned as exactly that', async () => {
  const { cwd } = await stage.installed()
  await editFile(cwd, (file) => ({ ...file, allow: { groups: ['Crew'] } }))
  const run = await stage.run(['init', '--yes', '--json'], { cwd })
  expect(newsOf(installData(run))).toEqual([
    `create okta.group.${stage.groupId('Crew')}`,
    `delete okta.group.${stage.groupId('Reports')}`,
    ...NEW_REVISION,
  ])
  expect(run.exitCode).toBe(0)
  const status = statusData(await stage.run(['status', '--json'], { cwd }))
  expect(status.findings).toEqual([])
  await editFile(cwd, (file) => ({ ...file, allow: { everyone: true } }))
  const everyone = await stage.run(['init', '--yes', '--json'], { cwd })
  expect(newsOf(installData(everyone))).toEqual([
    `create okta.group.${stage.groupId('Everyone')}`,
    `delete okta.group.${stage.groupId('Crew')}`,
    ...NEW_REVISION,
  ])
})

test('a host added to the file changes the app and the function, and attaches the new version', async () => {
  const { cwd, distributionId } = await stage.installed({ aliases: ['one.example.com'] })
  stage.sandbox.aws.editDistribution(distributionId, (xml) =>
    xml.replace(
      '<Aliases><Quantity>1</Quantity><Items>',
      '<Aliases><Quantity>2</Quantity><Items><CNAME>two.example.com</CNAME>',
    ),
  )
  await editFile(cwd, (file) => ({ ...file, hosts: ['one.example.com', 'two.example.com'] }))
  const run = await stage.run(['init', '--yes', '--json'], { cwd })
  expect(run.exitCode, run.stdout).toBe(0)
  expect(newsOf(installData(run))).toEqual([
    'update okta.app',
    'update lambda.function',
    'create lambda.version',
    'update cloudfront.behaviors',
    'wait cloudfront.deployed',
    'check web.probe',
  ])
  expect(stage.app(distributionId).settings.oauthClient.redirect_uris).toEqual([
    'https://one.example.com/_guard/callback',
    'https://two.example.com/_guard/callback',
  ])
})

test('B17 a narrowed choice takes the guard off one behavior, a widened one puts it back', async () => {
  const { cwd, distributionId } = await stage.installed({ behaviors: [{ pathPattern: '/pub/*' }] })
  const guarded = (): string[] =>
    stage.sandbox.aws.edge
      .deployed(hostOf(distributionId))
      ?.behaviors.flatMap(({ pathPattern, viewerRequest }) =>
        viewerRequest ? [pathPattern] : [],
      ) ?? []
  expect(guarded()).toEqual(['/pub/*', '*'])
  await editFile(cwd, (file) => ({ ...file, behaviors: ['default'] }))
  const narrow = installData(await stage.run(['init', '--yes', '--json'], { cwd }))
  expect(newsOf(narrow)).toEqual([
    'update cloudfront.behaviors',
    'wait cloudfront.deployed',
    'check web.probe',
  ])
  expect(narrow.plan.steps.find(({ id }) => id === 'cloudfront.behaviors')?.changes).toEqual([
    { field: 'behavior /pub/*', from: 'version 1', to: '' },
  ])
  expect(guarded()).toEqual(['*'])
  await editFile(cwd, (file) => ({ ...file, behaviors: 'all' }))
  const wide = await stage.run(['init', '--yes', '--json'], { cwd })
  expect(wide.exitCode).toBe(0)
  expect(guarded()).toEqual(['/pub/*', '*'])
})

function hostOf(distributionId: string): string {
  const file = stage.sandbox.aws.parameters().find(({ name }) => name.includes(distributionId))
  expect(file).toBeDefined()
  const { label } = stage.app(distributionId)
  return label.replace('S3 Okta Guard: ', '')
}

test('a flag that differs from the file is warned about, and --write-config writes it', async () => {
  const { cwd } = await stage.installed()
  const warned = await stage.run(['init', '--group', 'Crew', '--yes', '--json'], { cwd })
  expect(warned.exitCode).toBe(0)
  expect(warned.stderr).toMatch(/warning: .*says something else than what was installed now/)
  expect(await fileIn(cwd)).toMatchObject({ allow: { groups: ['Reports'] } })
  const written = await stage.run(
    ['init', '--group', 'Crew', '--yes', '--json', '--write-config'],
    { cwd },
  )
  expect(written.exitCode).toBe(0)
  expect(await fileIn(cwd)).toMatchObject({ allow: { groups: ['Crew'] } })
})

const SPA = {
  customErrorResponses: [
    { errorCode: 403, responsePagePath: '/index.html', responseCode: '200' },
    { errorCode: 404, responsePagePath: '/sorry.html', responseCode: '404' },
  ],
}

test('an error page that is the site itself is refused before anything is made', async () => {
  const { distributionId } = stage.sandbox.createSite(SPA)
  await expectRefusal(
    stage,
    ['init', '--distribution', distributionId, '--group', 'Reports', '--yes'],
    {
      exit: 3,
      code: 'exposed-not-accepted',
      message: /readable by strangers/,
      says: [/403 with \/index\.html/, '--accept error-page:/index.html'],
    },
  )
})

test('an exposed error page accepted by flag is recorded in the file and in the settings', async () => {
  const argv = ['--accept', 'error-page:/index.html']
  const { cwd, distributionId } = await stage.installed(SPA, argv)
  const accepted = [{ finding: 'error-page:/index.html', reason: 'accepted with --accept' }]
  expect(await fileIn(cwd)).toMatchObject({ status: { accept: accepted } })
  const elsewhere = await stage.run(['status', '--distribution', distributionId, '--json'])
  expect(elsewhere.exitCode).toBe(0)
  expect(statusData(elsewhere).findings).toMatchObject([
    {
      code: 'error-page',
      subject: '/index.html',
      severity: 'exposed',
      accepted: accepted[0]?.reason,
    },
    { code: 'error-page', subject: '/sorry.html', severity: 'info' },
  ])
})

test('an exposed error page is a question in a terminal, and the answer is recorded', async () => {
  const { distributionId } = stage.sandbox.createSite(SPA)
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports']
  const no = scriptedPrompter([false])
  const refused = await stage.run(argv, { ...TERMINAL, prompter: no.prompter })
  expect(refused.exitCode).toBe(3)
  expect(no.asked).toEqual([expect.stringMatching(/\/index\.html.* Leave it so\?/)])
  const cwd = await stage.folder()
  const yes = scriptedPrompter([true, true])
  const run = await stage.run(argv, { ...TERMINAL, prompter: yes.prompter, cwd })
  expect(run.exitCode, run.stderr).toBe(0)
  const accepted = { finding: 'error-page:/index.html', reason: 'accepted when asked by init' }
  expect(await fileIn(cwd)).toMatchObject({ status: { accept: [accepted] } })
  const again = await stage.run(['init', '--distribution', distributionId, '--json'])
  expect(installData(again).plan.steps).toEqual([])
})

test('a behavior that may surprise somebody is a question in a terminal and a warning in the plan', async () => {
  const site = {
    origins: { api: 'api.example.com' },
    behaviors: [
      { pathPattern: '/api/*', targetOriginId: 'api', allowedMethods: ['GET', 'HEAD', 'POST'] },
    ],
  }
  const asked = stage.sandbox.createSite(site)
  const argv = ['init', '--distribution', asked.distributionId, '--group', 'Reports']
  const script = scriptedPrompter([[], true])
  const cwd = await stage.folder()
  const run = await stage.run(argv, { ...TERMINAL, prompter: script.prompter, cwd })
  expect(run.exitCode, run.stderr).toBe(0)
  expect(await fileIn(cwd)).toMatchObject({ behaviors: ['default'] })
  const told = await stage.run([
    ...argv.slice(0, 2),
    stage.sandbox.createSite(site).distributionId,
    ...argv.slice(3),
    '--yes',
  ])
  expect(told.exitCode).toBe(0)
  expect(told.stderr).toMatch(/! behavior \/api\/\* takes POST: callers without a session get 401/)
})

test('B12 init --no-wait exits 6 while CloudFront deploys, and the next run finishes', async () => {
  const cwd = await stage.folder()
  const { distributionId } = stage.sandbox.createSite()
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json']
  const first = await stage.run([...argv, '--no-wait'], { cwd })
  expect(first.exitCode).toBe(6)
  expect(installData(first).next).toEqual([`s3-okta-guard init --distribution ${distributionId}`])
  const between = await stage.run(['status', '--distribution', distributionId, '--json'])
  expect(between.exitCode).toBe(6)
  expect(statusData(between).state).toBe('installing')
  const second = await stage.run(argv, { cwd })
  expect(second.exitCode).toBe(0)
  expect(newsOf(installData(second))).toEqual(['wait cloudfront.deployed', 'check web.probe'])
  const after = await stage.run(['status', '--json'], { cwd })
  expect(after.exitCode).toBe(0)
})

test('init --no-wait exits 6 until the second --no-wait finds nothing to wait for', async () => {
  const cwd = await stage.folder()
  const { distributionId } = stage.sandbox.createSite()
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json']
  await stage.run([...argv, '--no-wait'], { cwd })
  const again = await stage.run([...argv, '--no-wait'], { cwd })
  expect(again.exitCode).toBe(6)
  expect((await stage.run(argv, { cwd })).exitCode).toBe(0)
  expect((await stage.run([...argv, '--no-wait'], { cwd })).exitCode).toBe(0)
})

test('init --config names a file that is not there yet, and writes it', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const cwd = await stage.folder()
  const argv = ['--distribution', distributionId, '--group', 'Reports', '--config', 'reports.json']
  const dry = await stage.run(['init', ...argv, '--dry-run', '--json'], { cwd })
  expect(dry.exitCode, dry.stdout).toBe(0)
  const run = await stage.run(['init', ...argv, '--yes', '--json'], { cwd })
  expect(run.exitCode, run.stdout).toBe(0)
  const text = await readFile(path.join(cwd, 'reports.json'), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ distribution: distributionId })
  expect((await stage.run(['apply', '--config', 'reports.json', '--json'], { cwd })).exitCode).toBe(
    0,
  )
  for (const command of ['apply', 'status', 'teardown']) {
    const missing = await stage.run([command, '--config', 'repots.json', '--json'], { cwd })
    expect(missing.json.error).toMatchObject({ code: 'config-unreadable' })
  }
})

test('Ctrl-C ends init after the step at hand, with what was done kept, and the next run goes on', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const cwd = await stage.folder()
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json']
  const started = await startCli(argv, { env: stage.env, cwd })
  stage.sandbox.aws.before('CreateRole', () => started.interrupt())
  const run = await started.done
  expect(run.exitCode).toBe(130)
  expectValid('init', run.stdout)
  expect(run.json.error).toMatchObject({ code: 'interrupted' })
  expect(run.json.error?.message).toMatch(/Interrupted after \d+ of \d+ steps; what was done stays/)
  const before = stage.sandbox.aws.roles().filter(({ name }) => name.includes(distributionId))
  expect(before).toHaveLength(1)
  expect(stage.sandbox.aws.functions().filter(({ name }) => name.includes(distributionId))).toEqual(
    [],
  )
  const { id } = stage.app(distributionId)
  expect((await stage.run(argv, { cwd })).exitCode).toBe(0)
  expect(stage.app(distributionId).id).toBe(id)
  expect((await stage.run(['status', '--json'], { cwd })).exitCode).toBe(0)
})
