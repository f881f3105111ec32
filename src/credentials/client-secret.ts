import { GuardError } from '../errors/guard-error.ts'

interface Sources {
  /** Undefined when there is no such file. */
  readFile(path: string): Promise<string | undefined>
  readStdin(): Promise<string>
}

/** The secret of an Okta app, from a file or from stdin; never from the command line. */
export async function readClientSecret(path: string, from: Sources): Promise<string> {
  const text = path === '-' ? await from.readStdin() : await from.readFile(path)
  const source = path === '-' ? 'stdin' : path
  if (text === undefined) throw unusable(`The file ${source} does not exist or cannot be read.`)
  const secret = text.trim()
  if (secret === '') throw unusable(`There is no client secret in ${source}: it is empty.`)
  // RFC 6749, appendix A.2.
  if (!/^[\x20-\x7e]+$/.test(secret.replace(/\s/g, ' '))) {
    throw unusable(`${source} holds a character that cannot be in a client secret.`)
  }
  // Okta makes none with a space, and a file that holds one holds something else as well.
  if (/\s/.test(secret)) {
    throw unusable(`${source} holds more than one word: it must hold the client secret alone.`)
  }
  return secret
}

function unusable(message: string): GuardError {
  return new GuardError({
    code: 'client-secret-needed',
    message,
    hint: "Copy the secret from the app's General tab in the Okta console into it.",
  })
}
