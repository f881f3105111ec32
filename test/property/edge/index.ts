import type { EdgeCloud } from './cloud.ts'
import { failsClosed } from './broken.ts'
import { cookieHeaders, cookiesAtTheOrigin } from './cookie-headers.ts'
import { anyEvent } from './events.ts'
import { interleavedUsers } from './interleaved.ts'
import { changedCookies, sealedTexts, sessions } from './mutations.ts'
import type { EdgeProperty } from './property.ts'
import { returnAddresses, returnPaths, strangersAddresses } from './return-paths.ts'
import { publicSpellings, secretSpellings, whatIsServed } from './spellings.ts'
import { twoVersions } from './versions.ts'

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
    interleavedUsers(cloud),
    twoVersions(cloud),
    failsClosed(cloud),
  ]
}
