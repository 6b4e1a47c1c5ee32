import { createHash } from 'node:crypto'
import { startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let platform: TestPlatform

beforeAll(async () => {
  platform = await startTestPlatform()
})
afterAll(() => platform?.stop())

async function page(path: string): Promise<{ html: string; policy: string }> {
  const answer = await platform.anonymous.raw('GET', path)
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
  return { html: String(answer.body), policy: String(answer.headers['content-security-policy']) }
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

describe('the front page', () => {
  test('runs the script and the style that stand in it, and nothing else', async () => {
    const { html, policy } = await page('/')
    const scripts = [...html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(
      (one) => one[1] ?? '',
    )
    const styles = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map((one) => one[1] ?? '')
    for (const text of [...scripts, ...styles]) expect(policy).toContain(hashOf(text))
    expect(policy.match(/'sha256-/g)).toHaveLength(scripts.length + styles.length)
    expect(policy).toMatch(/^default-src 'none';/)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("form-action 'none'")
    expect(policy).not.toContain('unsafe')
    expect(html).not.toMatch(/\son\w+=|\sstyle=|javascript:/)
  })

  test('asks no other host for anything', async () => {
    const { html } = await page('/')
    expect(html).not.toMatch(/https?:\/\//)
  })
})

test('the front page leads to pages that are there', async () => {
  const { html } = await page('/')
  const links = [...html.matchAll(/href="(\/[^"]*)"/g)].map((one) => one[1] ?? '')
  expect(links).toContain('/docs')
  for (const link of links)
    expect((await platform.anonymous.raw('GET', link)).status, link).toBe(200)
})

test('all that the reference page loads comes from here, under its policy', async () => {
  const { html, policy } = await page('/docs')
  expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe/)
  const files = [...html.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map((one) => one[1] ?? '')
  expect(files).toHaveLength(3)
  for (const file of files) {
    const answer = await platform.anonymous.raw('GET', file)
    expect([file, answer.status]).toEqual([file, 200])
    expect(String(answer.headers['content-type'])).toMatch(/^text\/(css|javascript)/)
    const compressed = await platform.anonymous.raw('HEAD', file, {
      headers: { 'accept-encoding': 'br, gzip' },
    })
    if (Number(answer.headers['content-length']) > 1_400) {
      expect(compressed.headers['content-encoding']).toBe('gzip')
      expect(compressed.headers.vary).toBe('Accept-Encoding')
    }
  }
})
