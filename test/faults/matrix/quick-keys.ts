import { generateKeyPair, type KeyPairKeyObjectResult } from 'node:crypto'
import { promisify } from 'node:util'

/** More than one scenario makes, so that no two keys of one site are the same. */
const KEYS = 12

let fresh = 0

/** Keys that are made meanwhile stay in a world for as long as it lives: nobody else gets them. */
export async function withFreshKeys<T>(work: () => Promise<T>): Promise<T> {
  fresh += 1
  try {
    return await work()
  } finally {
    fresh -= 1
  }
}

/** From now on RSA keys come out of a small stock: making them is most of the work of a run. */
export function quickKeys(): void {
  const make = promisify(generateKeyPair) as (
    type: 'rsa',
    options: object,
  ) => Promise<KeyPairKeyObjectResult>
  const stock: Promise<KeyPairKeyObjectResult>[] = []
  let next = 0
  const take: typeof make = (type, options) => {
    if (fresh > 0) return make(type, options)
    const key = (stock[next] ??= make(type, options))
    next = (next + 1) % KEYS
    return key
  }
  Object.defineProperty(generateKeyPair, promisify.custom, { value: take })
}
