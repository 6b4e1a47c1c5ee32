// Real pages in a real browser: the platform with its web clients, and Chromium of the system.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { findProgram } from '@prognetwork/shared-infrastructure/servers'
import type { Browser, Page } from 'playwright-core'
import { clients } from '../../../platform.ts'
import { startTestPlatform, type TestPlatform, type TestPlatformOptions } from './platform.ts'

const program = findProgram('chromium')

/** Why these tests cannot run here. */
export const browserMissing =
  program === undefined ? 'needs chromium from the package of that name' : undefined

export interface BrowserOptions {
  readonly isPhone?: boolean
  readonly isDark?: boolean
  readonly hasScript?: boolean
  /** BCP 47; English without one. */
  readonly language?: string
}

/** A browser with cookies of its own, at one page. */
export interface Browsing {
  readonly page: Page
  /** What the browser complained about so far: errors of script, of loading, of the page's policy. */
  readonly complaints: readonly string[]
  /** Ends when script has taken the page over, so that whatever it complains of was told. */
  hydrated(): Promise<void>
  /** What axe-core finds wrong with the page for people who see, hear or move otherwise. */
  violations(): Promise<string[]>
  close(): Promise<void>
}

export interface BrowserPlatform extends TestPlatform {
  browse(options?: BrowserOptions): Promise<Browsing>
}

const defaultTimeoutMs = 20_000
const phone = { width: 390, height: 844 }
const desk = { width: 1_280, height: 860 }
/** React marks what it has taken over. */
const isHydrated = 'Object.keys(document.body).some((key) => key.startsWith("__reactFiber"))'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export async function startBrowserPlatform(
  options: TestPlatformOptions = {},
): Promise<BrowserPlatform> {
  const platform = await startTestPlatform({ ...options, clients })
  const browser = await startBrowser()
  return {
    ...platform,
    browse: browser.browse,
    async stop() {
      await browser.close()
      await platform.stop()
    },
  }
}

/** The browser alone, for a platform in another process. */
export async function startBrowser() {
  // Not every test that has a platform wants a browser, and a quarter of a second is theirs.
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({
    ...(program !== undefined && { executablePath: program }),
    // It looks at pages of ours alone.
    args: ['--no-sandbox'],
  })
  return {
    browse: (asked: BrowserOptions = {}) => openPage(browser, asked),
    close: () => browser.close(),
  }
}

async function openPage(
  browser: Browser,
  { isPhone = false, isDark = false, hasScript = true, language = 'en-GB' }: BrowserOptions,
): Promise<Browsing> {
  const context = await browser.newContext({
    viewport: isPhone ? phone : desk,
    colorScheme: isDark ? 'dark' : 'light',
    javaScriptEnabled: hasScript,
    locale: language,
  })
  // Before the test itself ends, so that it is told what was waited for.
  context.setDefaultTimeout(defaultTimeoutMs)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    // A refusal that a page shows is no fault of the page.
    const isRefusal = /the server responded with a status of 4\d\d/.test(message.text())
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text())
  })
  return {
    page,
    complaints,
    async hydrated() {
      const untilMs = performance.now() + defaultTimeoutMs
      while (!(await page.evaluate(isHydrated))) {
        if (performance.now() > untilMs) throw new Error('no script takes the page over')
        await page.waitForTimeout(20)
      }
    },
    async violations() {
      // Run by the browser itself: the page's own policy would not let it in.
      const session = await context.newCDPSession(page)
      await session.send('Runtime.evaluate', { expression: axe })
      const { result } = await session.send('Runtime.evaluate', {
        expression: `axe.run({ preload: false, resultTypes: ['violations'] }).then(({ violations }) => JSON.stringify(
          violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' '))))`,
        awaitPromise: true,
        returnByValue: true,
      })
      await session.detach()
      return JSON.parse(String(result.value))
    },
    close: () => context.close(),
  }
}
