import type { EdgeCloud } from './cloud.ts'
import { cookieHeaders, cookiesAtTheOrigin } from './cookie-headers.ts'
import { anyEvent } from './events.ts'
import { changedCookies, sealedTexts, sessions } from './mutations.ts'
import type { EdgeProperty } from './property.ts'
import { returnAddresses, returnPaths, strangersAddresses } from './return-paths.ts'
import { publicSpellings, secretSpellings, whatIsServed } from './spellings.ts'

/** All of them, for the tests and for `npm run fuzz`. */
export function edgeProperties(cloud: EdgeCloud): EdgeProperty[] {
  return [
    anyEvent(cloud),
    returnAddresses(cloud),
    returnPaths(),
    strangersAddresses(cloud),
    sessions(),
    sealedTexts(),
    changedCookies(cloud),
    cookieHeaders(),
    cookiesAtTheOrigin(cloud),
    secretSpellings(cloud),
    publicSpellings(cloud),
    whatIsServed(cloud),
  ]
}
