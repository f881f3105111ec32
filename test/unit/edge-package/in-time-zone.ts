import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { sampleConfig } from './sample-config.ts'

const root = path.resolve(import.meta.dirname, '../../..')

/** Makes the zip in a process of another time zone; the zone's offset shows that it was taken. */
export async function inTimeZone(TZ: string): Promise<{ codeSha256: string; offset: number }> {
  const source = `
    import { loadEdgeBuild } from './src/edge-package/build.ts'
    import { makeEdgeZip } from './src/edge-package/zip.ts'
    loadEdgeBuild().then((build) => {
      const { codeSha256 } = makeEdgeZip(build, ${JSON.stringify(sampleConfig)})
      const offset = new Date(1980, 0, 1).getTimezoneOffset()
      process.stdout.write(JSON.stringify({ codeSha256, offset }))
    })`
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    // So that the module finds this package's root, and with it the built scripts.
    define: { 'import.meta.url': JSON.stringify(`file://${root}/src/edge-package/build.ts`) },
  })
  const child = promisify(execFile)(process.execPath, ['--input-type=module'], {
    env: { ...process.env, TZ },
    cwd: root,
  })
  child.child.stdin?.end(outputFiles[0]?.text)
  return JSON.parse((await child).stdout) as { codeSha256: string; offset: number }
}
