import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { CliRun } from '../../helpers/cli.ts'
import { GROUP } from '../world.ts'
import type { Stranger, World } from './world.ts'

/** A command that is run with each fault at each of its mutating calls. */
export interface FaultyCommand {
  name: string
  /** Cases of the catalogue, beside those of the faults. */
  ids?: string
  /** Brings a site that is open to where the command starts from; once a world. */
  prepare(world: World): Promise<unknown>
  run(world: World): Promise<CliRun>
  /** What a stranger may get, in the order of time; the last one is the end. */
  stranger: Stranger[]
  /** Run again after a run that was done, it does the same once more: then it is run again only if not. */
  repeats?: true
}

/** To add a command is to add an entry: what it must end in is what its uninterrupted run ends in. */
export const COMMANDS: FaultyCommand[] = [
  {
    name: 'init',
    prepare: () => Promise.resolve(),
    run: init,
    stranger: ['open', 'guarded'],
  },
  {
    name: 'apply',
    prepare: installed,
    run: applyOtherRules,
    stranger: ['guarded'],
  },
  {
    name: 'rotate-keys',
    prepare: installed,
    run: (world) => world.cli(['rotate-keys', '--yes', ...on(world)]),
    stranger: ['guarded'],
    repeats: true,
  },
  {
    name: 'revoke',
    async prepare(world) {
      world.sandbox.okta.addUser({ ...ADA, groups: [GROUP] })
      await installed(world)
    },
    run: (world) => world.cli(['revoke', '--user', ADA.login, '--yes', ...on(world)]),
    stranger: ['guarded'],
    repeats: true,
  },
  {
    name: 'teardown',
    ids: 'B59',
    prepare: installed,
    run: teardown,
    stranger: ['guarded', 'open'],
  },
]

const ADA = { login: 'ada@tidewater.example', password: 'ferry-harbor-1', name: 'Ada Byron' }

function on({ site }: World): string[] {
  return ['--distribution', site.distributionId]
}

async function installed(world: World): Promise<void> {
  const run = await init(world)
  if (run.exitCode !== 0) throw new Error(`init failed: ${run.stdout}`)
}

export function init(world: World): Promise<CliRun> {
  const { distributionId: id } = world.site
  return world.cli(['init', '--distribution', id, '--group', GROUP, '--yes'])
}

export function teardown(world: World): Promise<CliRun> {
  const { distributionId: id } = world.site
  return world.cli(['teardown', '--distribution', id, '--confirm', id])
}

/** The file makes a path public that was guarded. */
export async function applyOtherRules(world: World): Promise<CliRun> {
  const { sandbox, site } = world
  const file = {
    version: 1,
    distribution: site.distributionId,
    hosts: [new URL(site.url).host],
    behaviors: 'all',
    okta: { orgUrl: sandbox.okta.url },
    allow: { groups: [GROUP] },
    access: { public: ['/open/*'] },
  }
  const name = path.join(world.folder(), 'wanted.json')
  await writeFile(name, JSON.stringify(file))
  return world.cli(['apply', '--config', name])
}
