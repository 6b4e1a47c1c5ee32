import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { environment } from '@prognetwork/environment-configuration'
import { findProgram } from '@prognetwork/shared-infrastructure/servers'
import { freePort } from '@prognetwork/testing'
import { atLeast, atMost, type Figure, median } from './figure.ts'
import { withoutLimits } from './people.ts'
import { removeState, startServer, temporaryState } from './server-process.ts'

/** Fetched when it is first needed; the platform itself does not depend on it. */
const lighthouse = 'lighthouse@13.5.0'
const runs = 3
const execute = promisify(execFile)
const main = join(import.meta.dirname, '../packages/cli/src/main.ts')

interface Report {
  readonly categories: Readonly<Record<string, { readonly score: number | null }>>
  readonly audits: Readonly<Record<string, { readonly numericValue?: number } | undefined>>
}

/** Public pages of the demo shop on a simulated phone, the median of three. */
export async function run(): Promise<Figure[]> {
  const state = await temporaryState()
  const ports = { storefront: await freePort(), auth: await freePort() }
  const env = {
    ...withoutLimits,
    API_GATEWAY_PORT: String(await freePort()),
    STOREFRONT_CLIENT_PORT: String(ports.storefront),
    AUTH_CLIENT_PORT: String(ports.auth),
  }
  const server = await startServer(state, env)
  try {
    const said = await execute(process.execPath, [main, 'demo'], {
      env: { PATH: environment.PATH, STATE_DIRECTORY: state, ...env },
    })
    const slug = /Shop (\S+)/.exec(said.stdout + said.stderr)?.[1] ?? ''
    const shop = `http://${slug}.localhost:${ports.storefront}`
    const pages = {
      home: `${shop}/`,
      category: `${shop}/categories/furniture`,
      product: `${shop}/products/glass-storage-jar`,
      'sign-in': `http://${slug}.localhost:${ports.auth}/sign-in`,
    }
    const figures: Figure[] = []
    for (const [name, url] of Object.entries(pages))
      figures.push(...(await measure(name, url, state)))
    return figures
  } finally {
    await server.stop()
    await removeState(state)
  }
}

async function measure(name: string, url: string, state: string): Promise<Figure[]> {
  const reports: Report[] = []
  for (let at = 0; at < runs; at++) reports.push(await report(url, join(state, 'report.json')))
  const score = (category: string) =>
    median(reports.map((one) => Math.round((one.categories[category]?.score ?? 0) * 100)))
  const value = (audit: string) =>
    median(reports.map((one) => one.audits[audit]?.numericValue ?? Number.NaN))
  return [
    atLeast(`${name}: performance`, score('performance'), 95, ''),
    atLeast(`${name}: accessibility`, score('accessibility'), 95, ''),
    atLeast(`${name}: best practices`, score('best-practices'), 95, ''),
    // Signing in is not to be found by searching, and its robots.txt says so.
    ...(name === 'sign-in' ? [] : [atLeast(`${name}: found by searching`, score('seo'), 95, '')]),
    atMost(`${name}: largest contentful paint`, value('largest-contentful-paint'), 2_500, 'ms'),
    atMost(`${name}: cumulative layout shift`, value('cumulative-layout-shift'), 0.05, ''),
    atMost(`${name}: total blocking time`, value('total-blocking-time'), 200, 'ms'),
  ]
}

async function report(url: string, file: string): Promise<Report> {
  const flags = '--chrome-flags=--headless=new --no-sandbox'
  const words = [
    '--yes',
    lighthouse,
    url,
    '--quiet',
    '--output=json',
    `--output-path=${file}`,
    flags,
  ]
  // npm may need whatever else is there to reach its registry.
  const env = { ...environment, CHROME_PATH: findProgram('chromium') }
  const look = () => execute('npx', words, { env })
  // Now and then the browser records a page too late.
  await look().catch(look)
  return JSON.parse(await readFile(file, 'utf8'))
}
