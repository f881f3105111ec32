import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import type { ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { expect } from 'vitest'

const validators = new Map<string, ValidateFunction>()

/** stdout is exactly one document that keeps the shipped schema of the command. */
export function expectValid(command: string, stdout: string): void {
  const document: unknown = JSON.parse(stdout)
  expect(stdout.endsWith('}\n'), 'one document with a line end').toBe(true)
  const validate = validatorOf(command)
  const valid = validate(document)
  expect(valid ? [] : validate.errors, stdout).toEqual([])
  expect(JSON.stringify(document), 'sorted keys').toBe(JSON.stringify(sorted(document)))
}

/** The schema file as shipped, compiled. */
export function validatorOf(name: string): ValidateFunction {
  let validate = validators.get(name)
  if (!validate) {
    const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true })
    addFormats.default(ajv)
    validate = ajv.compile(readSchema(name) as object)
    validators.set(name, validate)
  }
  return validate
}

function readSchema(name: string): unknown {
  const file = new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8'))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}
