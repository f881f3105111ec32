import { describe, expect, it } from 'vitest'
import { returnPath } from '../../../../../src/edge-function/sign-in/request/return-path.ts'
import { ORIGIN } from '../../../../helpers/edge.ts'

describe('the path to go back to', () => {
  it.each([
    '/',
    '/a/b?panel=x&view=y',
    '/a%20b/%E2%82%AC?q=%2F%2Fx&u=https%3A%2F%2Fother.example%2F&q=a+b',
    '/docs/#part',
    '/search?text=two%0Alines',
    '/~a/!$&\'()*+,;=:@|{}^`"<>[]',
    '/100%',
    // A browser leaves it as it is there.
    '/search?pattern=\\d+&path=C:\\temp',
    '/_guardian/x',
  ])('R21 is kept byte for byte: %s', (path) => {
    expect(returnPath(path, ORIGIN)).toBe(path)
  })

  it.each([
    ['nothing', undefined],
    ['nothing', ''],
    ['R01', '//evil.example'],
    ['R02', '/\\evil.example'],
    ['R02', '\\/evil'],
    ['R02', '\\\\evil'],
    ['R03', '/%09/evil'],
    ['R03', '/\t/evil'],
    ['R03', '/\n/evil'],
    ['R03', '/ /evil'],
    ['R03', '/%0b/evil'],
    ['R04', '/./\\evil'],
    ['R04', '/..//evil'],
    ['R04', '/.//evil'],
    ['R05', 'https://reports.example.com.evil.example'],
    ['R06', 'https://reports.example.com@evil.example/'],
    ['R07', '.evil.example'],
    ['R07', '@evil'],
    ['R07', ':1@evil'],
    ['R08', 'javascript:alert(1)'],
    ['R09', '/%2F/evil'],
    ['R09', '/%2Fevil.example'],
    ['R09', '/%252Fevil.example'],
    ['R09', '/%5Cevil.example'],
    ['R09', '/%255Cevil.example'],
    ['R10', 'https://reports.example.com:8443/'],
    ['R11', 'http://reports.example.com/x'],
    ['R12', '/\uff0fevil'],
    ['R13', '/a\r\nSet-Cookie:x'],
    ['R13', '/a%0d%0aSet-Cookie:x'],
    ['R13', '/\u010d\u010aX:y'],
    ['R16', '/_guard/logout'],
    ['R16', '/_guard/'],
    ['R16', '/_guard'],
    ['R16', '/x/../_guard/callback?code=1'],
    ['R16', '/%5fguard/login'],
    ['R16', '/x/%2e%2e/_guard/login'],
  ])('%s gives way to the start page: %j', (_, path) => {
    expect(returnPath(path, ORIGIN)).toBe('/')
  })

  it('R14 gives way to the start page when it is longer than any cookie would take', () => {
    expect(returnPath(`/${'x'.repeat(1023)}`, ORIGIN)).toHaveLength(1024)
    expect(returnPath(`/${'x'.repeat(1024)}`, ORIGIN)).toBe('/')
  })
})
