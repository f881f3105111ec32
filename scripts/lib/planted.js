// One violation for every rule; scripts/check-planted.js puts each into a tree of its own.

const leaf = 'export const leaf = 1\n'

/** `module('../a/b.ts')` is a module that imports it. */
const module = (specifier) => `import ${JSON.stringify(specifier)}\nexport const here = 1\n`

export const cleanTree = {
  'src/access/leaf.ts': leaf,
  'src/errors/leaf.ts': leaf,
  'src/plan/plan.ts': "import { createHash } from 'node:crypto'\nexport { createHash }\n",
  'src/aws/port.ts': module('../plan/plan.ts'),
  'src/commands/run.ts': module('../aws/port.ts'),
  'src/edge-function/gate.ts':
    "import '../access/leaf.ts'\nexport const later = () => import('./sign-in/login.ts')\n",
  'src/edge-function/sign-in/login.ts': leaf,
}

const upwards = (folder, target) => ({
  [`src/${folder}/planted.ts`]: module(`../${target}`),
})

const library = (name) => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({
    name,
    version: '1.0.0',
    main: 'main.js',
  }),
  [`node_modules/${name}/main.js`]: 'module.exports = {}\n',
})

export const brokenImports = {
  'access-imports-downwards': upwards('access', 'errors/leaf.ts'),
  'errors-imports-downwards': upwards('errors', 'access/leaf.ts'),
  'sandbox-imports-downwards': upwards('sandbox', 'access/leaf.ts'),
  'edge-function-imports-downwards': upwards('edge-function', 'errors/leaf.ts'),
  'plan-imports-downwards': upwards('plan', 'aws/port.ts'),
  'aws-imports-downwards': upwards('aws', 'commands/run.ts'),
  'okta-imports-downwards': upwards('okta', 'aws/port.ts'),
  'web-imports-downwards': upwards('web', 'aws/port.ts'),
  'edge-package-imports-downwards': upwards('edge-package', 'aws/port.ts'),
  'ui-imports-downwards': upwards('ui', 'aws/port.ts'),
  'config-imports-downwards': upwards('config', 'aws/port.ts'),
  'credentials-imports-downwards': upwards('credentials', 'commands/run.ts'),
  'provision-imports-downwards': upwards('provision', 'commands/run.ts'),
  'checks-imports-downwards': upwards('checks', 'commands/run.ts'),
  'commands-imports-downwards': upwards('commands', 'edge-function/gate.ts'),
  'no-cycles': { 'src/plan/a.ts': module('./b.ts'), 'src/plan/b.ts': module('./a.ts') },
  'known-folders': { 'src/novel/leaf.ts': leaf, 'src/novel/planted.ts': module('./leaf.ts') },
  unresolvable: upwards('plan', 'access/nowhere.ts'),
  'aws-sdk-in-aws': {
    ...library('@aws-sdk/client-ssm'),
    'src/plan/planted.ts': module('@aws-sdk/client-ssm'),
  },
  'okta-sdk-in-okta': {
    ...library('@okta/okta-sdk-nodejs'),
    'src/aws/planted.ts': module('@okta/okta-sdk-nodejs'),
  },
  'oidc-provider-in-sandbox': {
    ...library('oidc-provider'),
    'src/okta/planted.ts': module('oidc-provider'),
  },
  'edge-gate-without-libraries': {
    ...library('oauth4webapi'),
    'src/edge-function/planted.ts': module('oauth4webapi'),
  },
  'edge-sign-in-libraries': {
    ...library('jose'),
    'src/edge-function/sign-in/planted.ts': module('jose'),
  },
  'gate-loads-sign-in-lazily': { 'src/edge-function/planted.ts': module('./sign-in/login.ts') },
  'pure-code-has-no-effects': { 'src/plan/planted.ts': module('node:fs') },
  'src-without-tests': {
    'test/helpers/fake.ts': leaf,
    'src/commands/planted.ts': module('../../test/helpers/fake.ts'),
  },
}

const unfinished = ['TO', 'DO'].join('')

export const brokenHouse = {
  'a source file that is too long': { 'src/plan/long.ts': '\n'.repeat(351) },
  'a file of the edge function that is too long': { 'src/edge-function/long.ts': '\n'.repeat(201) },
  'something unfinished': { 'src/plan/later.ts': `// ${unfinished}: later\n` },
  'a test that does not run': { 'test/unit/gate.test.ts': ['test.', "skip('x')\n"].join('') },
  'a name that says nothing': { 'src/plan/utils.ts': leaf },
  'a test named for a number': { 'test/unit/issue-12.test.ts': leaf },
  'a name in another style': { 'src/plan/someThing.ts': leaf },
}

export const floatingPromise = `
// eslint-disable-next-line eqeqeq
const one = 1
async function work(): Promise<void> {}
work()
export { one }
`
