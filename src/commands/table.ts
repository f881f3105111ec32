import {
  completionFlags,
  demoFlags,
  lookFlags,
  explainFlags,
  installFlags,
  revokeFlags,
  rotateFlags,
  teardownFlags,
} from './program/flags.ts'
import {
  COMPLETION_DEFAULTS,
  DEMO_DEFAULTS,
  DOCTOR_DEFAULTS,
  EXPLAIN_DEFAULTS,
  INSTALL_DEFAULTS,
  REVOKE_DEFAULTS,
  ROTATE_DEFAULTS,
  STATUS_DEFAULTS,
  TEARDOWN_DEFAULTS,
} from './program/options.ts'
import { runnable } from './program/spec.ts'
import type { RunnableCommand } from './program/spec.ts'

/** Every command, the most used first. */
export const COMMANDS: RunnableCommand[] = [
  runnable({
    name: 'init',
    summary: 'put Okta sign-in in front of a site; asks for what it was not told',
    examples: [
      { line: 'init', does: 'ask for everything, show the plan, ask once, apply' },
      {
        line: 'init --distribution E2QWRUHAPOMQZL --okta-org-url https://acme.okta.com --group "Reports readers"',
        does: 'the same with fewer questions',
      },
      {
        line: 'init --client-id 0oa1gjh63g214q0Hq0g4',
        does: 'with an Okta app that your Okta admin looks after',
      },
      { line: 'init --dry-run', does: 'only show the plan' },
    ],
    flags: installFlags,
    defaults: INSTALL_DEFAULTS,
    readsConfig: true,
    makesConfig: true,
    load: async () => (await import('./init.ts')).run,
  }),
  runnable({
    name: 'apply',
    summary: 'bring what is installed to what s3-okta-guard.json says; asks nothing',
    examples: [
      { line: 'apply --yes', does: 'in CI, after the file has changed' },
      { line: 'apply --dry-run --json', does: 'the plan, for a script' },
    ],
    flags: installFlags,
    defaults: INSTALL_DEFAULTS,
    readsConfig: true,
    load: async () => (await import('./apply.ts')).run,
  }),
  runnable({
    name: 'status',
    summary: 'what is installed and whether it is right',
    examples: [
      { line: 'status', does: 'the site of s3-okta-guard.json' },
      {
        line: 'status --distribution E2QWRUHAPOMQZL --json',
        does: 'for a script; see the exit code',
      },
    ],
    flags: lookFlags,
    defaults: STATUS_DEFAULTS,
    readsConfig: true,
    load: async () => (await import('./status.ts')).run,
  }),
  runnable({
    name: 'rotate-keys',
    alias: 'rotate',
    summary: 'put new keys in the place of the old ones, while people go on working',
    examples: [
      { line: 'rotate-keys', does: 'all keys; show what is done, ask once' },
      { line: 'rotate-keys --only session --only seal --yes', does: 'what needs AWS alone, in CI' },
      { line: 'rotate-keys --compromised --only client', does: 'that key has leaked' },
    ],
    flags: rotateFlags,
    defaults: ROTATE_DEFAULTS,
    readsConfig: true,
    load: async () => (await import('./rotate-keys.ts')).run,
  }),
  runnable({
    name: 'revoke',
    summary: 'end the sessions of one person, or all of them; bars nobody',
    examples: [
      { line: 'revoke --user ann@example.com', does: 'after she was suspended in Okta' },
      {
        line: 'revoke --all --distribution E2QWRUHAPOMQZL --confirm E2QWRUHAPOMQZL',
        does: 'everybody signs in again; without a question',
      },
    ],
    flags: revokeFlags,
    defaults: REVOKE_DEFAULTS,
    readsConfig: true,
    load: async () => (await import('./revoke.ts')).run,
  }),
  runnable({
    name: 'doctor',
    summary: 'what would stop a command, and what leaves the site open; changes nothing',
    examples: [
      { line: 'doctor', does: 'before init, or whenever something is odd' },
      {
        line: 'doctor --distribution E2QWRUHAPOMQZL --json',
        does: 'for a script; see the exit code',
      },
    ],
    flags: lookFlags,
    defaults: DOCTOR_DEFAULTS,
    readsConfig: true,
    load: async () => (await import('./doctor.ts')).run,
  }),
  runnable({
    name: 'explain',
    summary: 'which access rule decides about a path, and why',
    examples: [
      {
        line: 'explain --user ann@example.com --groups Staff,HR /hr/pay.html',
        does: 'would she get in, by the rules of s3-okta-guard.json?',
      },
      { line: 'explain /robots.txt', does: 'what a stranger gets' },
      { line: 'explain --groups Staff https://reports.example.com/', does: 'a whole address' },
    ],
    flags: explainFlags,
    defaults: EXPLAIN_DEFAULTS,
    readsConfig: true,
    load: async () => (await import('./explain.ts')).run,
  }),
  runnable({
    name: 'teardown',
    summary: 'take the guard away and put back what was there; the site becomes public',
    examples: [
      { line: 'teardown --dry-run', does: 'show what would go' },
      {
        line: 'teardown --distribution E2QWRUHAPOMQZL --confirm E2QWRUHAPOMQZL',
        does: 'without a question',
      },
    ],
    flags: teardownFlags,
    defaults: TEARDOWN_DEFAULTS,
    readsConfig: true,
    load: async () => (await import('./teardown.ts')).run,
  }),
  runnable({
    name: 'demo',
    summary: 'see all of it on this machine, without an AWS or Okta account',
    examples: [
      { line: 'demo', does: 'a sample site, three users, and the address to open' },
      { line: 'demo ./public --port 8080', does: 'your own site' },
      { line: 'demo --check', does: 'sign in as every user, tear down, and exit' },
    ],
    flags: demoFlags,
    defaults: DEMO_DEFAULTS,
    readsConfig: false,
    stopping: 'Stopping the demo. Press Ctrl-C again to stop at once.',
    load: async () => (await import('./demo.ts')).run,
  }),
  runnable({
    name: 'completion',
    summary: 'print a script that completes commands and flags in a shell',
    examples: [
      { line: 'completion bash > ~/.s3-okta-guard.bash', does: 'then source it in ~/.bashrc' },
      { line: 'completion zsh > ~/.zfunc/_s3-okta-guard', does: 'in a folder of $fpath' },
      {
        line: 'completion fish > ~/.config/fish/completions/s3-okta-guard.fish',
        does: 'fish finds it there',
      },
    ],
    flags: completionFlags,
    defaults: COMPLETION_DEFAULTS,
    readsConfig: false,
    load: async () => (await import('./completion.ts')).completionOf(COMMANDS),
  }),
]
