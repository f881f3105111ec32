import { AwsError } from './errors.ts'

const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** Refuses what no tagging API of AWS takes: too long, odd characters, the `aws:` prefix. */
function checkTags(tags: Map<string, string>, code: string): void {
  for (const [key, value] of tags) {
    if (key === '' || key.length > 128 || !TEXT.test(key)) {
      throw new AwsError(code, 400, `The tag key '${key}' is not valid.`)
    }
    if (value.length > 256 || !TEXT.test(value)) {
      throw new AwsError(code, 400, `The value of tag '${key}' is not valid.`)
    }
    if (key.toLowerCase().startsWith('aws:')) {
      throw new AwsError(code, 400, 'aws: prefixed tag key names are not allowed for external use.')
    }
  }
}

/** Adds to the tags that are there, and checks the result before it is stored. */
export function mergeTags(
  stored: Map<string, string>,
  added: Map<string, string>,
  code = 'ValidationException',
): void {
  checkTags(added, code)
  if (new Map([...stored, ...added]).size > 50) {
    throw new AwsError(code, 400, 'The number of tags exceeds the limit of 50.')
  }
  for (const [key, value] of added) stored.set(key, value)
}

/** Reads the `[{ Key, Value }]` of the JSON protocols. */
export function tagsFromList(list: unknown): Map<string, string> {
  if (!Array.isArray(list)) return new Map()
  return new Map(
    (list as { Key?: unknown; Value?: unknown }[]).map(({ Key, Value }) => [
      typeof Key === 'string' ? Key : '',
      typeof Value === 'string' ? Value : '',
    ]),
  )
}

/** The `[{ Key, Value }]` of the JSON protocols. */
export function tagsToList(tags: Map<string, string>): { Key: string; Value: string }[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }))
}
