interface Variable {
  name: string
  means: string
}

const GROUPS: { title: string; variables: Variable[] }[] = [
  {
    title: 'The site',
    variables: [
      { name: 'S3_OKTA_GUARD_DISTRIBUTION', means: 'the distribution, instead of --distribution' },
    ],
  },
  {
    title: 'Okta',
    variables: [
      { name: 'OKTA_CLIENT_ORGURL', means: 'the Okta org, instead of --okta-org-url' },
      { name: 'OKTA_CLIENT_TOKEN', means: 'an API token, instead of --okta-token-file' },
      {
        name: 'OKTA_CLIENT_AUTHORIZATIONMODE',
        means: 'PrivateKey: sign in as a service app, with the three below',
      },
      { name: 'OKTA_CLIENT_CLIENTID', means: 'client id of the service app' },
      { name: 'OKTA_CLIENT_PRIVATEKEY', means: 'its private key, PEM or JWK' },
      { name: 'OKTA_CLIENT_SCOPES', means: 'the scopes granted to it' },
    ],
  },
  {
    title: 'AWS (all that the AWS SDK reads; among them)',
    variables: [
      { name: 'AWS_PROFILE', means: 'the profile, instead of --profile' },
      {
        name: 'AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN',
        means: 'credentials',
      },
      { name: 'AWS_ENDPOINT_URL', means: 'another cloud, on loopback only' },
    ],
  },
  {
    title: 'Output',
    variables: [
      { name: 'NO_COLOR', means: 'no color and no animation, if not empty' },
      { name: 'TERM', means: 'dumb: no color and no animation' },
    ],
  },
]

/** `help environment`. */
export function environmentHelp(): string {
  const sections = GROUPS.map(({ title, variables }) => {
    const lines = variables.map(({ name, means }) => `  ${name}\n      ${means}\n`)
    return `${title}:\n${lines.join('')}`
  })
  const rule = 'Flags win over the environment, which wins over s3-okta-guard.json.'
  return `Environment variables\n\n${sections.join('\n')}\n${rule}\n`
}
