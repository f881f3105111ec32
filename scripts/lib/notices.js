// The licences of every package whose code stands in a bundle.
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

export async function collectNotices(root, metafiles) {
  const folders = new Set(metafiles.flatMap((metafile) => packageFolders(metafile.inputs)))
  const parts = []
  for (const folder of [...folders].sort()) parts.push(await noticeOf(root, folder))
  const intro =
    'This package contains code of the packages below, each under its own licence.\n' +
    `${parts.length} packages.\n`
  return [intro, ...parts].join(`\n${'-'.repeat(80)}\n\n`)
}

/** `node_modules/a/node_modules/@b/c` from the paths of the files inside. */
function packageFolders(inputs) {
  const folders = new Set()
  for (const file of Object.keys(inputs)) {
    const at = file.lastIndexOf('node_modules/')
    if (at < 0) continue
    const rest = file.slice(at + 'node_modules/'.length).split('/')
    const name = rest[0].startsWith('@') ? `${rest[0]}/${rest[1]}` : rest[0]
    folders.add(`${file.slice(0, at)}node_modules/${name}`)
  }
  return [...folders]
}

async function noticeOf(root, folder) {
  const absolute = path.join(root, folder)
  const manifest = JSON.parse(await readFile(path.join(absolute, 'package.json'), 'utf8'))
  const files = (await readdir(absolute)).filter((name) =>
    /^(licen[cs]e|notice|copying)/i.test(name),
  )
  const texts = await Promise.all(
    files.sort().map((name) => readFile(path.join(absolute, name), 'utf8')),
  )
  const license = manifest.license ?? manifest.licenses?.map((entry) => entry.type).join(', ')
  if (!license && texts.length === 0) throw new Error(`No licence known for ${folder}`)
  return [`${manifest.name} ${manifest.version} (${license ?? 'see below'})`, ...texts].join('\n\n')
}
