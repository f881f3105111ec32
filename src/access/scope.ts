/** What the edge asks Okta for. A custom authorization server has no scope `groups`: its claims say it all. */
export function requestedScope(isOrgServer: boolean, wantsGroups: boolean): string {
  return `openid profile email offline_access${isOrgServer && wantsGroups ? ' groups' : ''}`
}
