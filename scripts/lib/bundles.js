// What is bundled and how; the tests of the bundles read the same options.
import { createRequire, isBuiltin } from 'node:module'
import path from 'node:path'
import { build } from 'esbuild'
import { minify } from 'terser'

/** The two scripts that run at CloudFront, and which sources stand in each. */
export async function bundleEdge(root) {
  const { outputFiles, metafile } = await build(edgeOptions(root))
  const scripts = {}
  for (const { path: file, text } of outputFiles) {
    // Three percent of the zip that esbuild leaves: it drops no assignment and folds no function.
    const { code } = await minify(text, {
      toplevel: true,
      ecma: 2020,
      compress: { passes: 3 },
      format: { comments: false },
    })
    scripts[path.basename(file)] = Buffer.from(code)
  }
  return { scripts, metafile }
}

/** CommonJS, because Lambda loads it by `require`. */
function edgeOptions(root) {
  return {
    absWorkingDir: root,
    entryPoints: {
      index: path.join(root, 'src/edge-function/index.ts'),
      'sign-in': path.join(root, 'src/edge-function/sign-in/index.ts'),
    },
    outdir: path.join(root, 'dist', 'edge'),
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    logLevel: 'warning',
    // index.ts writes `exports` by hand: interop helpers would be a tenth of the script.
    logOverride: { 'commonjs-variable-in-esm': 'silent' },
    external: ['./config.json', './sign-in.js'],
    // `require` of a CommonJS file is half the time of `import()` of the same file.
    supported: { 'dynamic-import': false },
    plugins: [signInStaysApart],
  }
}

const signInStaysApart = {
  name: 'sign-in-stays-apart',
  setup(build) {
    build.onResolve({ filter: /^\.\/sign-in\/index\.ts$/ }, () => ({
      path: './sign-in.js',
      external: true,
    }))
  },
}

/** The CLI with its dependencies; every `import()` stays a file of its own, read when it is needed. */
export function cliOptions(root, outdir) {
  return {
    absWorkingDir: root,
    entryPoints: { cli: path.join(root, 'src/cli.ts') },
    outdir,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    plugins: [requireAsNodeDoes],
    minifySyntax: true,
    minifyWhitespace: true,
    // Names stay as they are: a stack trace in a bug report must say something.
    minifyIdentifiers: false,
    // oidc-provider finds the life of a token by the name of its class.
    keepNames: true,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    logLevel: 'warning',
    banner: { js: requireForCommonJs },
  }
}

/**
 * `module` before `main` lets esbuild leave out what is not imported, two thirds of the AWS clients.
 * But a `require` must get the CommonJS file that Node.js would give it: node-fetch's ES module has
 * its function under `default`, where the Okta SDK does not look.
 */
const requireAsNodeDoes = {
  name: 'require-as-node-does',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path: name, kind, resolveDir }) => {
      if (kind !== 'require-call' || isBuiltin(name)) return undefined
      try {
        return { path: createRequire(path.join(resolveDir, 'from.js')).resolve(name) }
      } catch {
        // Optional and not installed: esbuild says so, or leaves it to the `try` around it.
        return undefined
      }
    })
  },
}

const requireForCommonJs =
  "import{createRequire as __createRequire}from'node:module';" +
  "import{fileURLToPath as __toPath}from'node:url';" +
  "import{dirname as __toDirectory}from'node:path';" +
  'const require=__createRequire(import.meta.url),__filename=__toPath(import.meta.url),' +
  '__dirname=__toDirectory(__filename);'
