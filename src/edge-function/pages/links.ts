import { ROUTES } from '../../access/names.ts'
import type { Page } from './layout.ts'

type Link = Page['links'][number]

export function signIn(origin: string, path: string, label: string): Link {
  return { href: loginAddress(origin, path), label }
}

export function switchAccount(origin: string, path: string): Link {
  return { href: `${loginAddress(origin, path)}&switch=1`, label: 'Use another account' }
}

export function home(origin: string): Link {
  return { href: `${origin}/`, label: 'Go to the start page' }
}

function loginAddress(origin: string, path: string): string {
  return `${origin}${ROUTES.login}?return_to=${encodeURIComponent(path)}`
}
