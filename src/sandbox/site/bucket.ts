import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

export interface StoredObject {
  body: Uint8Array
  contentType: string
}

/** A bucket as the edges read it: key → object. */
export type Bucket = Map<string, StoredObject>

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.gif': 'image/gif',
  '.htm': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
}

/** As `aws s3 sync` guesses it: by the name alone. */
function contentTypeOf(name: string): string {
  return TYPES[extname(name).toLowerCase()] ?? 'binary/octet-stream'
}

/** Text by path, as the sample site is written. */
export function bucketOf(files: Record<string, string>): Bucket {
  const entries = Object.entries(files).map(
    ([key, text]) => [key, { body: Buffer.from(text), contentType: contentTypeOf(key) }] as const,
  )
  return new Map(entries)
}

/** Every file below a folder, dot files and symbolic links left out. */
export async function bucketFromFolder(folder: string): Promise<Bucket> {
  const bucket: Bucket = new Map()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const key = relative(folder, file).split(sep).join('/')
    if (key.split('/').some((part) => part.startsWith('.') || part === 'node_modules')) continue
    bucket.set(key, { body: await readFile(file), contentType: contentTypeOf(key) })
  }
  return bucket
}
