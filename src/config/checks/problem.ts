/** What is wrong with one value of the file, although its form is right. */
export interface Problem {
  path: (string | number)[]
  /** What is wrong and, where it is not plain, what to do. */
  message: string
}

/** Each value that stands in a list before. */
export function repeated(values: readonly string[], path: Problem['path']): Problem[] {
  return values.flatMap((value, at) =>
    values.indexOf(value) < at ? [{ path: [...path, at], message: 'stands here twice' }] : [],
  )
}
