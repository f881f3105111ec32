import type { Distribution } from '../../plan/distribution/distribution.ts'
import type { Finding } from '../../plan/types.ts'

/**
 * CloudFront fetches a custom error page without running the function, so strangers can read it.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-cloudfront-trigger-events.html
 */
export function checkErrorPages(distribution: Distribution): Finding[] {
  const pages = new Map<string, number[]>()
  for (const { errorCode, responsePagePath } of distribution.customErrorResponses) {
    if (responsePagePath === '') continue
    pages.set(responsePagePath, [...(pages.get(responsePagePath) ?? []), errorCode])
  }
  return [...pages].map(([page, codes]) => {
    const site = isSiteItself(page, distribution.defaultRootObject)
    return {
      code: 'error-page',
      severity: site ? 'exposed' : 'info',
      subject: page,
      message: site
        ? `CloudFront answers error ${codes.join(', ')} with ${page}, a page of the site itself, without asking the guard.`
        : `CloudFront answers error ${codes.join(', ')} with ${page} without asking the guard: strangers can read that page.`,
      next: site
        ? `Map the error to a page that anybody may read, or accept it with --accept error-page:${page}`
        : 'Put nothing on that page that strangers may not read.',
    }
  })
}

function isSiteItself(page: string, defaultRootObject: string): boolean {
  const root = defaultRootObject === '' ? '/index.html' : `/${defaultRootObject}`
  return page === root || page === '/index.html' || page === '/'
}
