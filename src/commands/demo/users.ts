import { randomBytes } from 'node:crypto'

/** The groups that `init` lets in; the first reads everything but the corner of the second. */
export const DEMO_GROUPS = ['Reports readers', 'Analysts'] as const

/** The restricted corner of the sample site. */
export const FINANCE = '/finance/outlook.html'

export interface DemoUser {
  login: string
  /** For the screen of the person at this machine; new at every start. */
  password: string
  name: string
  groups: string[]
  /** To sign in. */
  allowed: boolean
  /** To read `FINANCE`. */
  finance: boolean
}

/** One in the group, one in two groups, one in none. */
export function demoUsers(): DemoUser[] {
  return [
    user('ada@example.com', 'Ada Reader', [DEMO_GROUPS[0]]),
    user('grace@example.com', 'Grace Analyst', [...DEMO_GROUPS]),
    user('mallory@example.com', 'Mallory Outsider', []),
  ]
}

function user(login: string, name: string, groups: string[]): DemoUser {
  return {
    login,
    password: `demo-${randomBytes(4).toString('hex')}`,
    name,
    groups,
    allowed: groups.length > 0,
    finance: groups.includes(DEMO_GROUPS[1]),
  }
}
