import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { productContract } from '@prognetwork/contracts/product'
import { freePort } from '@prognetwork/testing'
import { request } from 'undici'
import { type Figure, informs, median } from './figure.ts'
import { load } from './load.ts'
import { makeOperator, withoutLimits } from './people.ts'
import {
  type MeasuredServer,
  removeState,
  startBareServer,
  startServer,
  temporaryState,
} from './server-process.ts'
import { makeShop, type Shop } from './shop.ts'

const products = 40
const seconds = 4
const rounds = 3
const connections = 8

const paths = { home: '/', category: '/categories/measured', product: '/products/thing-7' } as const
type Page = keyof typeof paths

/** Pages of the storefront as its server makes them, against the same page as a file that is there. */
export async function run(): Promise<Figure[]> {
  const state = await temporaryState()
  const port = await freePort()
  const server = await startServer(state, {
    ...withoutLimits,
    STOREFRONT_CLIENT_PORT: String(port),
    STOREFRONT_CLIENT_DEFAULT_PER_MINUTE: '100000000',
  })
  try {
    await makeOperator(server)
    const shop = await makeShop(server, 'measured')
    await fill(shop)
    const storefront: MeasuredServer = { ...server, origin: `http://127.0.0.1:${port}` }
    const host = `${shop.slug}.localhost:${port}`
    const figures: Figure[] = []
    for (const page of ['home', 'category', 'product'] as const)
      figures.push(...(await measure(page, storefront, host, state)))
    return figures
  } finally {
    await server.stop()
    await removeState(state)
  }
}

async function fill({ staff }: Shop): Promise<void> {
  const { createCategory, createProduct } = productContract.operations
  const { body } = await staff.call(createCategory, { body: { name: 'Measured' } })
  for (let at = 0; at < products; at++) {
    const made = await staff.call(createProduct, {
      body: {
        ...{ title: `Thing ${at}`, status: 'active', categoryIds: [body.id] },
        description: '<p>It does what it should, and stays where it is put.</p>',
        variants: [{ onHand: 10, prices: [{ amountMinor: 1_000 + at, currency: 'EUR' }] }],
      },
    })
    if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  }
}

async function measure(
  page: Page,
  storefront: MeasuredServer,
  host: string,
  state: string,
): Promise<Figure[]> {
  const path = paths[page]
  const { statusCode, body } = await request(storefront.origin + path, { headers: { host } })
  if (statusCode !== 200) throw new Error(`${path} was answered ${statusCode}`)
  const file = join(state, `${page}.html`)
  await writeFile(file, await body.text())
  const bare = await startBareServer('bare-page.ts', [file])
  const [made, cpuMs, files] = [[] as number[], [] as number[], [] as number[]]
  for (let round = 0; round <= rounds; round++) {
    const before = storefront.cpuSeconds()
    const ours = await rate(storefront.origin, path, host)
    const spent = storefront.cpuSeconds() - before
    const theirs = await rate(bare.origin, path, host)
    // The first round warms up.
    if (round === 0) continue
    made.push(ours.perSecond)
    cpuMs.push((spent / ours.requests) * 1_000)
    files.push(theirs.perSecond)
  }
  await bare.stop()
  return [
    informs(`${page}: made by the server`, median(made), '/s'),
    informs(`${page}: CPU of the Node process`, median(cpuMs), 'ms'),
    informs(`${page}: the same as a file`, median(files), '/s'),
    informs(`${page}: share of that`, median(made) / median(files), ''),
  ]
}

function rate(origin: string, path: string, host: string) {
  const next = () => ({ method: 'GET' as const, path, headers: { host } })
  return load(origin, { connections, seconds, status: 200, next })
}
