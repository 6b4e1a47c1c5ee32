// Every part of packages/ui in every state, fit for everybody in each client's style.
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { type BrowserOptions, browserMissing, startBrowser } from '@prognetwork/testing'
import { parseSync } from 'vite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createPartsPage } from '../src/clients/parts-page.ts'

const ui = join(import.meta.dirname, '../../ui/src')
const clients = ['house', 'admin-client', 'auth-client', 'storefront-client']
const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
/** Not seen, or in every page. */
const elsewhere = ['Document']

const parts = createPartsPage()
let server: Server
let address: string
let browser: Awaited<ReturnType<typeof startBrowser>>
beforeAll(async () => {
  if (browserMissing) return
  server = createServer((request, response) => {
    parts.serve(request, response).then(
      (isServed) => isServed || response.writeHead(404).end(),
      (error) => response.writeHead(500).end(String(error)),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}/@parts/`
  browser = await startBrowser()
}, 60_000)
beforeEach((context) => {
  if (browserMissing) context.skip(browserMissing)
})
afterAll(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
  await parts.stop()
})

/** The components that a client can take. */
function exportedParts(): string[] {
  return readdirSync(ui)
    .filter((file) => file.endsWith('.tsx'))
    .flatMap((file) => {
      const { program } = parseSync(file, readFileSync(join(ui, file), 'utf8'))
      return program.body.flatMap((node) => {
        const declared = node.type === 'ExportNamedDeclaration' ? node.declaration : null
        return declared?.type === 'FunctionDeclaration' ? [declared.id?.name ?? ''] : []
      })
    })
    .filter((name) => /^[A-Z]/.test(name))
}

/** The classes that house.css has something to say of. */
function styledClasses(): string[] {
  const css = readFileSync(join(ui, 'house.css'), 'utf8').replaceAll(/\{[^}]*\}/g, '{}')
  return [...new Set([...css.matchAll(/\.([a-z][\w-]*)/g)].map(([, name = '']) => name))]
}

test('shows every part and every class there is', async () => {
  const { page, complaints, close } = await browser.browse()
  await page.goto(address)
  await page.locator('[data-part]').first().waitFor()
  const isShown = async (selector: string) => {
    const frames = await Promise.all(page.frames().map((one) => one.locator(selector).count()))
    return frames.some((count) => count > 0)
  }
  const missing: string[] = []
  for (const name of exportedParts())
    if (!elsewhere.includes(name) && !(await isShown(`[data-part="${name}"]`))) missing.push(name)
  await page.frameLocator('iframe').first().locator('h1').waitFor()
  for (const name of styledClasses()) if (!(await isShown(`.${name}`))) missing.push(`.${name}`)
  expect(missing).toEqual([])
  expect(complaints).toEqual([])
  await close()
})

const ways: [string, BrowserOptions & { locale: string; wholePages: RegExp }][] = [
  ['light', { locale: 'en-GB', wholePages: /./ }],
  [
    'dark, on a phone, in German',
    { isDark: true, isPhone: true, locale: 'de-DE', wholePages: /long|away/ },
  ],
]

describe.for(clients)('as %s has them', (client) => {
  test.for(ways)('%s, they are fit for everybody', async ([, { locale, wholePages, ...way }]) => {
    const { page, complaints, violations, close } = await browser.browse(way)
    const look = async (address: string) => {
      await page.goto(address)
      await page.locator('h1').waitFor()
      expect([address, ...(await violations())]).toEqual([address])
      expect([address, await page.evaluate(overflow)]).toEqual([address, 0])
    }
    const all = `${address}?${new URLSearchParams({ client, locale })}`
    await look(all)
    const states = await page.locator('[data-part=ProblemPage] [data-state]').all()
    const names = await Promise.all(states.map((one) => one.getAttribute('data-state')))
    const looked = names.filter((name): name is string => wholePages.test(name ?? ''))
    expect(looked.length).toBeGreaterThan(1)
    for (const name of looked)
      await look(`${all}&${new URLSearchParams({ only: `ProblemPage/${name}` })}`)
    expect(complaints).toEqual([])
    await close()
  })
})
