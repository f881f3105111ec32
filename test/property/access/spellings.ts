import fc from 'fast-check'
import { isOdd } from './reference.ts'

/** The same path with any of its characters escaped, in either case. RFC 3986, section 2.1. */
export function escapedAtWill(path: string): fc.Arbitrary<string> {
  const letters = [...path]
  const choice = fc.constantFrom('as it is', 'upper', 'lower')
  return fc.array(choice, { minLength: letters.length, maxLength: letters.length }).map((choices) =>
    letters
      .map((letter, at) => {
        if (letter === '/') return letter
        if (choices[at] === 'as it is') return encodeURI(letter)
        return escaped(letter, choices[at] === 'upper')
      })
      .join(''),
  )
}

function escaped(letter: string, isUpper = true): string {
  const hex = [...Buffer.from(letter)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
  return isUpper ? hex.join('').toUpperCase() : hex.join('')
}

/** One way to write a path so that some server takes it for the one that was given. */
type Trick = (path: string, at: number) => string

/** At one of the slashes of the path. */
const atSlash =
  (text: string): Trick =>
  (path, at) => {
    const slashes = [...path.matchAll(/\//g)].map(({ index }) => index)
    const index = slashes[at % Math.max(1, slashes.length)]
    if (index === undefined) return path
    return path.slice(0, index) + text + path.slice(index + 1)
  }

/** At one of its characters that is no slash and no escape. */
const atLetter =
  (change: (letter: string) => string): Trick =>
  (path, at) => {
    const letters = [...path.matchAll(/(?<!%|%.)[a-zA-Z0-9]/g)].map(({ index }) => index)
    const index = letters[at % Math.max(1, letters.length)]
    if (index === undefined) return path
    return path.slice(0, index) + change(path[index] ?? '') + path.slice(index + 1)
  }

const atEnd =
  (text: string): Trick =>
  (path) =>
    path + text

const TRICKS: Trick[] = [
  ...['//', '/./', '///', '/x/../', '/assets/../', '/x/y/../../', '/%2e/', '/x/%2E%2e/'].map(
    atSlash,
  ),
  ...['/x/.%2e/', '/assets/..;/', '/;x=1/', '/assets/..%3b/', '/x%2f..%2f'].map(atSlash),
  ...['\\', '%5c', '%5C', '%2f', '%2F', '%252f', '%255c', '/.\\', '\\x\\..\\'].map(atSlash),
  ...['%00', '%00.css', '%23x', '%3fx', '%3F.css', ';x', ';x=.css', '%3b', '%0a.css', '%2500'].map(
    atEnd,
  ),
  ...['#x', '?x', '%7f'].map(atEnd),
  atLetter((letter) => `%25${escaped(letter).slice(1)}`),
  atLetter((letter) => `%2525${escaped(letter, false).slice(1)}`),
  (path) => path.replace('%20', '+'),
  (path) => path.replace('%20', '%2b'),
  // The other form of ü and é, in which some file systems keep names.
  (path) => path.replaceAll('%C3%BC', 'u%CC%88'),
  (path) => path.replaceAll('%C3%BC', 'u%25CC%2588'),
  (path) => path.replace(/\/$/, '/.'),
  (path) => path.replace(/\/$/, '/x/..'),
]

/** An escaped path in a spelling about which servers differ; one of them ends at the path given. */
export function oddSpelling(uri: string): fc.Arbitrary<string> {
  const tricks = fc.array(fc.tuple(fc.constantFrom(...TRICKS), fc.nat(20)), {
    minLength: 1,
    maxLength: 3,
  })
  return tricks
    .map((chosen) => chosen.reduce((path, [trick, at]) => trick(path, at), uri))
    .filter((odd) => isOdd(odd) !== false)
}
