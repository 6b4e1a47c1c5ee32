import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Output } from '@prognetwork/contracts'
import { monitoringContract } from '@prognetwork/contracts/monitoring'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { tenantContract } from '@prognetwork/contracts/tenant'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { connectionsBeside } from '../beside.ts'
import { gatewayOrigin, readConfiguration } from '../configuration.ts'
import { actFor, enter, type Newcomers } from '../seed/newcomers.ts'
import { createPlatformClient, type PlatformClient } from '../seed/platform-client.ts'
import { print, say } from '../speech.ts'
import { arrange, defineAttributes } from './arrangement.ts'
import { demoCategories, demoProducts } from './catalogue.ts'
import { germanName } from './german.ts'
import { givePictures } from './pictures.ts'
import { type Shop, type Visit, visit } from './shopper.ts'

const { createCategory, createProduct, importProducts, listCatalogue } = productContract.operations
const { createPromotion, createShippingMethod, setTaxRates } = orderContract.operations
const { readTrace } = monitoringContract.operations

type Trace = Output<typeof readTrace>

const mostShoppers = 10_000
const shoppersAtOnce = 4

/**
 * `prog demo`: a shop in a fresh tenant of a running platform, and customers who buy there; tells what
 * happened, and all that one order set off.
 */
export async function demonstrate(
  definitions: readonly AnyDefinition[],
  directory: string,
  options: { csv?: string; repeat: string },
): Promise<void> {
  const count = Number(options.repeat)
  if (!Number.isInteger(count) || count < 1 || count > mostShoppers)
    throw new Error(`--repeat must be a whole number from 1 to ${mostShoppers}`)
  const file = options.csv === undefined ? undefined : await readFile(options.csv, 'utf8')
  const configuration = readConfiguration(definitions, directory)
  const { platform: mailbox } = await connectionsBeside(
    'user-service',
    definitions,
    configuration,
    directory,
  )
  const newcomers = { mailbox, password: randomBytes(12).toString('base64url') }
  const client = createPlatformClient(gatewayOrigin(configuration))
  const shop = await openShop(client, newcomers, { file, count })
  const first = await visit(shop, 0, newcomers)
  tellStory(shop, first)
  tellTrace(await settledTrace(shop, first.traceId))
  if (count > 1) await repeat(shop, newcomers, count - 1)
  print(`The owner of ${shop.slug} is owner@${shop.slug}.example; password: ${newcomers.password}`)
}

async function openShop(
  client: PlatformClient,
  newcomers: Newcomers,
  { file, count }: { readonly file: string | undefined; readonly count: number },
): Promise<Shop> {
  const slug = `demo-${randomBytes(4).toString('hex')}`
  const owner = client.as(await enter(client, `owner@${slug}.example`, 'An Owner', newcomers))
  const { id } = await owner.call(tenantContract.operations.createTenant, {
    body: { name: 'Fen & Hearth', slug },
  })
  const staff = client.as(await actFor(owner, id))
  const pictures = file === undefined ? await fill(staff, count) : 0
  if (file !== undefined) await importFile(staff, file)
  const searches = file === undefined ? ['oak', 'mug', 'lamp', 'brass'] : await titlesOf(staff)
  await staff.call(createShippingMethod, {
    body: { name: 'Carrier', price: { amountMinor: 490, currency: 'EUR' }, freeFromMinor: 10_000 },
  })
  const vat = { country: 'GB', name: 'VAT', basisPoints: 2_000, included: true }
  await staff.call(setTaxRates, { body: { items: [vat] } })
  const { code } = await staff.call(createPromotion, {
    body: {
      name: 'Welcome',
      code: 'WELCOME-10',
      reduction: { kind: 'percent', basisPoints: 1_000 },
    },
  })
  return { client, staff, slug, coupon: code ?? '', searches, pictures }
}

/** How many pictures were drawn for what is on sale. */
async function fill(staff: PlatformClient, shoppers: number): Promise<number> {
  const categories = new Map<string, string>()
  for (const name of demoCategories)
    categories.set(
      name,
      (await staff.call(createCategory, { body: { name, translations: germanName(name) } })).id,
    )
  await defineAttributes(staff)
  const products = demoProducts(shoppers)
  say(`Putting ${products.length} products on sale ...`)
  const pictured = []
  for (const { category, material, product } of products) {
    const categoryId = categories.get(category)
    const { id, slug, title } = await staff.call(createProduct, {
      body: { ...product, categoryIds: categoryId === undefined ? [] : [categoryId] },
    })
    pictured.push({ id, slug, title, thing: product.type, material })
  }
  await arrange(staff, pictured)
  await givePictures(staff, pictured)
  return pictured.length
}

async function importFile(staff: PlatformClient, file: string): Promise<void> {
  const lines = await staff.send(importProducts, 'text/csv', file)
  const last = JSON.parse(lines.trimEnd().split('\n').at(-1) ?? '{}')
  if (last.kind !== 'finished') throw new Error(`the file was not taken: ${JSON.stringify(last)}`)
  say(`${last.products.created} products were taken, ${last.refused} rows refused.`)
}

/** The first words of some titles, to be searched for. */
async function titlesOf(staff: PlatformClient): Promise<string[]> {
  const { items } = await staff.call(listCatalogue, { query: { limit: 20 } })
  const words = items.map((one) => one.title.split(' ')[0] ?? '').filter((word) => word.length > 2)
  if (words.length === 0) throw new Error('nothing of the file is on sale')
  return [...new Set(words)]
}

/** Telemetry is kept a moment after it happened, and the mail was opened last. */
async function settledTrace({ staff }: Shop, traceId: string): Promise<Trace | undefined> {
  let last: Trace | undefined
  for (let attempt = 0; attempt < 40; attempt++) {
    await sleep(250)
    const trace = await staff.call(readTrace, { params: { traceId } }).catch(() => undefined)
    const isSettled = trace && trace.spanCount === last?.spanCount
    last = trace ?? last
    if (isSettled && trace.spans.some((one) => one.operation === 'mail opened')) break
  }
  return last
}

function tellStory({ slug, pictures }: Shop, { order, ...one }: Visit): void {
  const total = `${(order.total.amountMinor / 100).toFixed(2)} ${order.total.currency}`
  print(`Shop ${slug}`)
  if (pictures > 0) print(`  drew a picture of each of its ${pictures} products`)
  print(`  ${one.email} signed up and searched for "${one.searched}": ${one.found.join(', ')}`)
  print(`  paid ${total} for order ${order.reference} (${order.state}), in ${ms(one.checkoutMs)}`)
  print(`  got "${one.mailSubject}" ${ms(one.mailMs)} later, and opened it`)
}

function tellTrace(trace: Trace | undefined): void {
  if (!trace) {
    say('Nothing was kept of the trace: is monitoring-service running, and does it keep all?')
    return
  }
  print(`\nTrace ${trace.traceId}: ${trace.spanCount} spans in ${trace.services.length} services`)
  for (const { offsetUs, durationUs, depth, service, operation, status } of trace.spans) {
    const at = `${(offsetUs / 1_000).toFixed(1)}`.padStart(9)
    const took = `${(durationUs / 1_000).toFixed(1)}`.padStart(8)
    const mark = status === 'ok' ? '' : `  ${status}`
    print(`${at} ms ${took} ms  ${'  '.repeat(depth)}${service} ${operation}${mark}`)
  }
}

async function repeat(shop: Shop, newcomers: Newcomers, count: number): Promise<void> {
  say(`${count} more shoppers ...`)
  const visits: Visit[] = []
  let next = 1
  const come = async () => {
    while (next <= count) visits.push(await visit(shop, next++, newcomers))
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: Math.min(shoppersAtOnce, count) }, come))
  const seconds = (performance.now() - started) / 1_000
  const middle = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
  print(
    `\n${visits.length} more orders in ${seconds.toFixed(1)} s; half of the checkouts took less than ` +
      `${ms(middle(visits.map((one) => one.checkoutMs)))}, half of the mails came within ` +
      `${ms(middle(visits.map((one) => one.mailMs)))}`,
  )
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`
}
