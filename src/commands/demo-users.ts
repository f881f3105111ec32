import { randomBytes } from 'node:crypto'

/** The group that `init` lets in. */
export const DEMO_GROUP = 'Reports readers'

export interface DemoUser {
  login: string
  /** For the screen of the person at this machine; new at every start. */
  password: string
  name: string
  groups: string[]
  allowed: boolean
}

/** One in the group, one in two groups, one in none. */
export function demoUsers(): DemoUser[] {
  return [
    user('ada@example.com', 'Ada Reader', [DEMO_GROUP]),
    user('grace@example.com', 'Grace Analyst', [DEMO_GROUP, 'Analysts']),
    user('mallory@example.com', 'Mallory Outsider', []),
  ]
}

function user(login: string, name: string, groups: string[]): DemoUser {
  return {
    login,
    password: `demo-${randomBytes(4).toString('hex')}`,
    name,
    groups,
    allowed: groups.includes(DEMO_GROUP),
  }
}
