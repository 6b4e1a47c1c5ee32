import { randomBytes } from 'node:crypto'
import { productContract } from '@prognetwork/contracts/product'
import { tenantContract } from '@prognetwork/contracts/tenant'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { connectionsBeside } from '../beside.ts'
import { gatewayOrigin, readConfiguration } from '../configuration.ts'
import { print, say } from '../speech.ts'
import { actFor, enter, type Newcomers } from './newcomers.ts'
import { createPlatformClient, type PlatformClient } from './platform-client.ts'
import { productList } from './product-list.ts'
import { type SeedSize, seedSizes } from './sizes.ts'

interface Seeded {
  /** Of everybody that was made; chosen for this run. */
  readonly password: string
  readonly tenants: { slug: string; owner: string; customers: string[]; products: number }[]
}

/**
 * `prog seed`: tenants with an owner, customers and products, made through the operations of a
 * running platform as people would. Every run makes new ones. Addresses are verified with the mail
 * that the platform kept.
 */
export async function seed(
  definitions: readonly AnyDefinition[],
  directory: string,
  options: { size: string; json?: boolean },
): Promise<void> {
  const size = seedSizes[options.size]
  if (!size) throw new Error(`--size must be one of ${Object.keys(seedSizes).join(', ')}`)
  const configuration = readConfiguration(definitions, directory)
  const { platform: mailbox } = await connectionsBeside(
    'user-service',
    definitions,
    configuration,
    directory,
  )
  const client = createPlatformClient(gatewayOrigin(configuration))
  const password = randomBytes(12).toString('base64url')
  const seeded: Seeded = { password, tenants: [] }
  const run = randomBytes(4).toString('hex')
  for (let n = 1; n <= size.tenants; n++)
    seeded.tenants.push(await seedTenant(`demo-${run}-${n}`, { client, mailbox, password, size }))
  tell(seeded, options)
}

interface Means extends Newcomers {
  readonly client: PlatformClient
  readonly size: SeedSize
}

async function seedTenant(slug: string, means: Means): Promise<Seeded['tenants'][number]> {
  const { client, size } = means
  say(`${slug}: ${size.people} customers, ${size.products} products ...`)
  const owner = `owner@${slug}.example`
  const signedIn = client.as(await enter(client, owner, 'An Owner', means))
  const { id } = await signedIn.call(tenantContract.operations.createTenant, {
    body: { name: `Demo ${slug}`, slug },
  })
  const staff = client.as(await actFor(signedIn, id))
  const customers: string[] = []
  for (let n = 1; n <= size.people; n++) {
    const email = `customer-${n}@${slug}.example`
    await enter(client.at(slug), email, `Customer ${n}`, means)
    customers.push(email)
  }
  return { slug, owner, customers, products: await importList(staff, size.products) }
}

async function importList(staff: PlatformClient, count: number): Promise<number> {
  const { importProducts } = productContract.operations
  const lines = await staff.send(importProducts, 'text/csv', productList(count))
  const last = JSON.parse(lines.trimEnd().split('\n').at(-1) ?? '{}')
  if (last.kind !== 'finished' || last.refused > 0)
    throw new Error(`the product list was not taken whole: ${JSON.stringify(last)}`)
  return last.products.created
}

function tell(seeded: Seeded, { json }: { json?: boolean }): void {
  if (json) {
    print(JSON.stringify(seeded, null, 2))
    return
  }
  for (const { slug, owner, customers, products } of seeded.tenants)
    print(`tenant ${slug}: ${products} products, owner ${owner}, customers ${customers.join(', ')}`)
  print(`Everybody's password: ${seeded.password}`)
}
