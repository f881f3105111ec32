/** What to say of a file with a secret in it that everybody on the machine may read. */
export async function exposure(
  path: string,
  fileMode: (path: string) => Promise<number | undefined>,
): Promise<string[]> {
  const mode = await fileMode(path)
  return mode !== undefined && (mode & 0o004) !== 0
    ? [`Every user of this machine can read ${path}: chmod 600 it.`]
    : []
}
