// Imports go one way: commands → provision, checks → aws, okta, web, edge-package → plan → access, errors.

/** Which folders of src/ the modules of a folder may import, beside their own. */
const MAY_IMPORT = {
  access: [],
  errors: [],
  sandbox: [],
  'edge-function': ['access'],
  plan: ['access', 'errors'],
  aws: ['plan', 'access', 'errors'],
  okta: ['plan', 'access', 'errors'],
  web: ['plan', 'access', 'errors'],
  'edge-package': ['plan', 'access', 'errors'],
  ui: ['plan', 'access', 'errors'],
  config: ['plan', 'access', 'errors'],
  // Where a port's types say what a credential is, not how it is used.
  credentials: ['plan', 'access', 'errors', 'aws/types.ts', 'okta/types.ts'],
  provision: ['aws', 'okta', 'web', 'edge-package', 'plan', 'access', 'errors'],
  checks: ['aws', 'okta', 'web', 'edge-package', 'plan', 'access', 'errors'],
  // Commands put everything together; only what runs at CloudFront is out of their reach.
  commands: [
    ...['provision', 'checks', 'aws', 'okta', 'web', 'edge-package', 'plan', 'access', 'errors'],
    ...['ui', 'config', 'credentials', 'sandbox'],
  ],
}

const directions = Object.entries(MAY_IMPORT).map(([folder, others]) => ({
  name: `${folder}-imports-downwards`,
  comment: `src/${folder} may import ${others.length > 0 ? others.join(', ') : 'nothing else'} of src/.`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...others].join('|')})(/|$)` },
}))

/** A library that only these folders may know. */
function onlyFor(name, library, folders) {
  return {
    name,
    comment: `Only ${folders.join(', ')} may import ${library}.`,
    severity: 'error',
    from: { path: '^src/', pathNot: `^src/(${folders.join('|')})/` },
    to: { path: library },
  }
}

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no bottom to start reading at, also one of types alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'known-folders',
      comment: 'A new folder of src/ needs its line in MAY_IMPORT.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(MAY_IMPORT).join('|')})/` },
    },
    {
      name: 'unresolvable',
      comment: 'An import that leads nowhere is an import that was not checked.',
      severity: 'error',
      from: {},
      // These two stand beside index.js in the zip.
      to: { couldNotResolve: true, pathNot: '^\\./(config\\.json|sign-in\\.js)$' },
    },
    ...directions,
    onlyFor('aws-sdk-in-aws', 'node_modules/@aws-sdk/', ['aws', 'credentials']),
    onlyFor('okta-sdk-in-okta', 'node_modules/@okta/', ['okta']),
    onlyFor('oidc-provider-in-sandbox', 'node_modules/oidc-provider/', ['sandbox']),
    {
      name: 'edge-gate-without-libraries',
      comment: 'Every request pays for what the gate loads; only sign-in may use oauth4webapi.',
      severity: 'error',
      from: { path: '^src/edge-function/', pathNot: '^src/edge-function/sign-in/' },
      to: { path: 'node_modules/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'edge-sign-in-libraries',
      comment: 'Sign-in may use oauth4webapi and nothing else.',
      severity: 'error',
      from: { path: '^src/edge-function/sign-in/' },
      to: {
        path: 'node_modules/',
        pathNot: 'node_modules/oauth4webapi/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'gate-loads-sign-in-lazily',
      comment: 'A static import would load sign-in and pages for every request.',
      severity: 'error',
      // index.js names sign-in.js; the pages stand in sign-in.js as well.
      from: {
        path: '^src/edge-function/',
        pathNot: '^src/edge-function/((sign-in|pages)/|index\\.ts$)',
      },
      to: {
        path: '^src/edge-function/(sign-in|pages)/',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'pure-code-has-no-effects',
      comment: 'access and plan decide; node:crypto for digests is all that they need.',
      severity: 'error',
      from: { path: '^src/(access|plan)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'src-without-tests',
      comment: 'What ships knows no test, script or bench.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json', '.d.ts'],
    },
  },
}
