import { setTimeout as sleep } from 'node:timers/promises'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import type { TestClient } from '@prognetwork/testing'
import { createTestClient } from '@prognetwork/testing'
import { accessToken } from './people.ts'
import type { ServerProcess } from './server-process.ts'

const { createTenant, listTenants } = tenantContract.operations
const { openTenantSession } = userContract.operations

/** A tenant of a running platform, and its owner's credential in it. */
export interface Shop {
  readonly id: string
  readonly slug: string
  readonly staff: TestClient
}

/** A new tenant of the operator, provisioned. */
export async function makeShop(server: ServerProcess, slug: string): Promise<Shop> {
  const owner = await operatorOf(server)
  const { status, body } = await owner.call(createTenant, { body: { name: slug, slug } })
  if (status !== 201) throw new Error(`no tenant: ${JSON.stringify(body)}`)
  return enterShop(server, slug)
}

/** The operator at work in a tenant of their own; provisioning may still be under way. */
export async function enterShop(server: ServerProcess, slug: string): Promise<Shop> {
  const owner = await operatorOf(server)
  for (let attempt = 0; attempt < 200; attempt++) {
    const tenants = await owner.call(listTenants, { query: {} })
    const tenant = tenants.body.items.find((one) => one.slug === slug)
    const { status, body } = await owner.call(openTenantSession, {
      body: { tenantId: tenant?.id ?? '', reason: 'a measurement' },
    })
    if (tenant && status === 201)
      return { id: tenant.id, slug, staff: createTestClient(server.origin).as(body.accessToken) }
    await sleep(50)
  }
  throw new Error(`${slug} is not provisioned`)
}

async function operatorOf({ origin }: ServerProcess): Promise<TestClient> {
  const anonymous = createTestClient(origin)
  return anonymous.as(await accessToken(anonymous, 'operator@example.com'))
}

const words = ['oak', 'clay', 'copper', 'linen', 'wool', 'pot', 'lamp', 'chair', 'bench', 'vase']

/** A product list of `count` products with two variants each, as CSV of our own form. */
export function productList(count: number, prefix = 'p'): string {
  const rows = [
    'slug,title,vendor,type,status,option1_name,option1_value,sku,price,on_hand,image_url',
  ]
  for (let n = 0; n < count; n++) {
    const title = `${words[n % 10]} ${words[Math.floor(n / 10) % 10]} ${n}`
    rows.push(
      `${prefix}-${n},${title},Vendor ${n % 40},Type ${n % 12},active,Size,S,SKU-${prefix}-${n}-S,${10 + (n % 90)}.99,${n % 50},https://images.example.com/${n}.jpg`,
      `${prefix}-${n},,,,,,L,SKU-${prefix}-${n}-L,${20 + (n % 90)}.99,${n % 50},`,
    )
  }
  return `${rows.join('\n')}\n`
}
