/** `client_secret_basic`. RFC 6749, section 2.3.1: both parts are encoded as in a form, so that neither has a colon. */
export function basicAuthorization(...parts: [clientId: string, secret: string]): string {
  // oauth4webapi also escapes `-`, `_` and `.`, which Okta's ids and secrets have and a form leaves alone.
  const pair = parts.map((part) => String(new URLSearchParams({ '': part })).slice(1))
  return `Basic ${Buffer.from(pair.join(':')).toString('base64')}`
}
