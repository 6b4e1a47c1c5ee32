import { createHash } from 'node:crypto'
import { startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const accountPages = ['/set-up', '/verify-email', '/reset-password']
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

describe.each([...accountPages, '/'])('%s', (path) => {
  test('runs the script and the style that stand in it, and nothing else', async () => {
    const { html, policy } = await page(path)
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
    const { html } = await page(path)
    expect(html).not.toMatch(/https?:\/\//)
  })
})

test.each(accountPages)(
  '%s shows no form without a script, and says what is needed',
  async (path) => {
    const { html } = await page(path)
    const forms = html.match(/<form [^>]*>/g) ?? []
    expect(forms.length).toBeGreaterThan(0)
    for (const form of forms) expect(form).toMatch(/ hidden>$/)
    expect(html).toMatch(/<noscript>[\s\S]*JavaScript[\s\S]*<\/noscript>/)
  },
)

test('every form goes to an operation that exists', async () => {
  for (const path of accountPages) {
    const { html } = await page(path)
    for (const [, address = ''] of html.matchAll(/data-post="([^"]+)"/g)) {
      const answer = await platform.anonymous.raw('POST', address, {
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
      expect([address, answer.problem.code]).toEqual([address, 'request.invalid'])
    }
  }
})

test('every field has a label and a place for its error', async () => {
  for (const path of accountPages) {
    const { html } = await page(path)
    for (const [, id = ''] of html.matchAll(/<input id="([^"]+)"/g)) {
      expect(html).toContain(`<label for="${id}">`)
      expect(html).toContain(`id="${id}-wrong"`)
    }
  }
})

test('the links that notices and mails carry lead to pages', async () => {
  const [, setUp = ''] = /(http\S+)#su_/.exec(platform.notices.join(' ')) ?? []
  expect((await platform.anonymous.raw('GET', new URL(setUp).pathname)).status).toBe(200)
  await platform.person()
  const { rows } = await platform.sql.query('select body from user_service.captured_mail')
  const links = rows.flatMap(({ body }) => String(body).match(/http[^\s#]+/g) ?? [])
  expect(links.length).toBeGreaterThan(0)
  for (const link of links)
    expect((await platform.anonymous.raw('GET', new URL(link).pathname)).status, link).toBe(200)
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
