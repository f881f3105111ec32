import { readdir } from 'node:fs/promises'
import path from 'node:path'

/** Files under a folder whose names fit, as sorted relative paths with `/`; none when it is not there. */
export async function listFiles(folder, pattern) {
  let entries
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true })
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
  return entries
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .sort()
}
