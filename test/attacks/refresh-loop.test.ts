import { describe, expect, it } from 'vitest'
import { headerOf, ORIGIN } from '../helpers/edge.ts'
import { refreshWorld, TOKEN_PATH } from '../helpers/edge-refresh.ts'
import { expectLegal } from './oracle.ts'

const edge = refreshWorld()
const { world } = edge
const refreshOf = (path: string): string => `/_guard/refresh?return_to=${encodeURIComponent(path)}`
/** Where a page comes by once more, with its new cookies. */
const renewedOf = (path: string): string => `${refreshOf(path)}&renewed=${world.now}`

describe('a refresh of a page', () => {
  it('O26 F04 is a page for a browser that takes no cookies any more, and no loop', async () => {
    const browser = await edge.expired()
    const jar = new Map(browser.jar)
    browser.keeps = () => false
    const { response, trail } = await browser.open('/a?b=c')
    expectLegal(response!)
    expect(response!.status).toBe('400')
    expect(response!.body).toContain('Allow cookies for this site')
    expect(response!.headers).not.toHaveProperty('set-cookie')
    expect(trail).toEqual(['/a?b=c', refreshOf('/a?b=c'), renewedOf('/a?b=c')])
    expect(edge.okta.asked(TOKEN_PATH)).toBe(1)
    expect(world.lastReason()).toBe('loop')
    expect(browser.jar).toEqual(jar)
    browser.keeps = () => true
    expect((await browser.open('/a')).response, 'as soon as it takes them').toBeUndefined()
  })

  it.each([
    ['half a minute old', () => String(world.now - 30_000)],
    ['of a time to come', () => String(world.now + 30_000)],
    ['no time', () => 'x'],
    ['empty', () => ''],
    ['0', () => '0'],
  ])('O26 is as usual where the sign of one before is %s', async (_, sign) => {
    const browser = await edge.expired()
    const { response } = await browser.open(`${refreshOf('/a')}&renewed=${sign()}`)
    expect(response).toBeUndefined()
    expect(edge.okta.refreshed()).toBe(1)
  })

  it('O26 takes no session away for a made-up sign of one before', async () => {
    const browser = await edge.expired()
    await browser.open('/a')
    world.now += 100_000
    const made = (await browser.ask(renewedOf('/b')))!
    expect(made.status).toBe('400')
    expect(made.headers).not.toHaveProperty('set-cookie')
    expect((await browser.open('/b')).trail).toEqual(['/b'])
  })

  it('R14 leads straight back where the way is too long to be said once more', async () => {
    const browser = await edge.expired()
    const long = `/${'%'.repeat(2000)}`
    const response = (await browser.ask(`/_guard/refresh?return_to=${long}`))!
    expect(headerOf(response, 'location')).toBe(ORIGIN + long)
    expect((await browser.ask(long)) ?? 'passed').toBe('passed')
  })
})
