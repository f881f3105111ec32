import { withDefaults, type OlderSettings } from '../access/settings.ts'
import { GuardError } from '../errors/guard-error.ts'
import type { Documents } from '../plan/examined.ts'
import type { Before, Manifest, Revocations } from '../plan/manifest.ts'
import { namesOf } from '../plan/names.ts'
import { chunkNames, decodeDocument } from './documents.ts'
import type { Cloud } from './cloud.ts'

/** What is installed, as the documents in SSM say; the cheapest look there is. */
export async function readDocuments(
  distribution: string,
  cloud: Pick<Cloud, 'aws'>,
): Promise<Documents> {
  try {
    return await readOnce(distribution, cloud)
  } catch (error) {
    // A run that holds the lock may have replaced a document between its head and its further chunks.
    if (error instanceof GuardError && error.code === 'manifest-invalid') {
      return readOnce(distribution, cloud)
    }
    throw error
  }
}

async function readOnce(distribution: string, cloud: Pick<Cloud, 'aws'>): Promise<Documents> {
  const names = namesOf(distribution)
  const heads = await cloud.aws.ssm.get([
    names.manifest,
    names.settings,
    names.before,
    names.revocations,
    names.versionArn,
  ])
  const headOf = (name: string): string | undefined => heads[name]?.value
  const documents = [names.manifest, names.settings, names.before, names.revocations]
  const wanted = documents.flatMap((name) => {
    const head = headOf(name)
    return head === undefined ? [] : chunkNames(name, head)
  })
  const found = wanted.length > 0 ? await cloud.aws.ssm.get(wanted) : {}
  const chunks = Object.fromEntries(Object.entries(found).map(([name, { value }]) => [name, value]))
  const read = (name: string): unknown => {
    const head = headOf(name)
    return head === undefined ? undefined : decodeDocument(name, head, chunks)
  }
  const settings = versionOne(names.settings, read(names.settings)) as OlderSettings | undefined
  return {
    manifest: versionOne(names.manifest, read(names.manifest)) as Manifest | undefined,
    settings: settings && withDefaults(settings),
    before: versionOne(names.before, read(names.before)) as Before | undefined,
    revocations: versionOne(names.revocations, read(names.revocations)) as Revocations | undefined,
    versionArn: headOf(names.versionArn),
  }
}

/** An older tool must not touch what a newer one wrote. */
function versionOne(name: string, document: unknown): unknown {
  if (document === undefined) return undefined
  const { version } = document as { version?: unknown }
  if (version === 1) return document
  throw new GuardError({
    code: 'manifest-newer',
    message: `SSM parameter ${name} was written by a newer version of s3-okta-guard (format ${String(version)}).`,
    hint: 'Use that version or a later one.',
    next: ['npx s3-okta-guard@latest status'],
  })
}
