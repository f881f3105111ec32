/** What may stand at each path of the file, in words; list positions are left out. */
export const MEANT: Record<string, string> = {
  '': 'an object like {"version": 1, "distribution": "E2QWRUHAPOMQZL", …}',
  $schema: 'the address of a JSON schema',
  version: '1',
  distribution: 'a CloudFront distribution id like "E2QWRUHAPOMQZL"',
  hosts: 'a list of host names like ["reports.example.com"]',
  behaviors: '"all" or a list of path patterns like ["default", "/docs/*"]',
  okta: 'an object like {"orgUrl": "https://acme.okta.com"}',
  'okta.orgUrl': 'the address of the Okta org, like "https://acme.okta.com"',
  'okta.authorizationServer': 'the id of a custom authorization server, like "default"',
  allow: '{"everyone": true} or {"groups": ["Reports readers"]}',
  session: 'an object like {"tokenMinutes": 15, "maxHours": 12}',
  'session.tokenMinutes': 'a whole number from 5 to 60',
  'session.maxHours': 'a whole number from 1 to 168',
  function: 'an object like {"runtime": "nodejs22.x"}',
  'function.runtime': 'a Node.js runtime of Lambda, like "nodejs22.x"',
  status: 'an object like {"accept": []}',
  'status.accept': 'a list of objects like {"finding": "error-page", "reason": "…"}',
  'status.accept.finding': 'the code of a finding, like "error-page"',
  'status.accept.reason': 'why the finding is accepted, in words',
}

/** Every key that may stand in the file, as a path. */
export const KEYS: string[] = [
  ...Object.keys(MEANT).filter((path) => path !== ''),
  'allow.everyone',
  'allow.groups',
]
