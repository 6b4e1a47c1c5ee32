import { randomBytes } from 'node:crypto'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import type { TestClient, TestPerson, TestPlatform } from '@prognetwork/testing'
import { expect, vi } from 'vitest'

const { createTenant } = tenantContract.operations
const {
  acceptInvitation,
  changeMemberRoles,
  inviteMember,
  listMyMemberships,
  openTenantSession,
  readPermissions,
} = userContract.operations

/** A tenant with its first owner, who acts for it. */
export interface TestTenant {
  readonly id: string
  readonly slug: string
  readonly owner: TestPerson
  readonly asOwner: TestClient
}

/** Tenants of one platform under test, and people in them. */
export function createTenants(platform: TestPlatform) {
  /** The person at work for the tenant, with the token the exchange gave them. */
  async function act(person: TestClient, tenantId: string, reason?: string): Promise<TestClient> {
    const { status, body } = await person.call(openTenantSession, {
      body: { tenantId, ...(reason !== undefined && { reason }) },
    })
    expect(status, JSON.stringify(body)).toBe(201)
    return platform.anonymous.as(body.accessToken)
  }

  /** An invitation to the person, not accepted yet: its token. */
  async function invite(asMember: TestClient, email: string, roles: string[]): Promise<string> {
    const { status, body } = await asMember.call(inviteMember, { body: { email, roles } })
    expect(status, JSON.stringify(body)).toBe(201)
    return platform.mailedToken(email)
  }

  return {
    act,
    invite,

    async open(): Promise<TestTenant> {
      const owner = await platform.person()
      const slug = `t-${randomBytes(6).toString('hex')}`
      const { status, body } = await owner.call(createTenant, {
        body: { name: 'A Tenant', slug },
      })
      expect(status, JSON.stringify(body)).toBe(201)
      await vi.waitFor(async () => {
        expect((await owner.call(listMyMemberships, {})).body.items).toHaveLength(1)
      }, 5_000)
      return { id: body.id, slug, owner, asOwner: await act(owner, body.id) }
    },

    /** A new person who has accepted an invitation with these roles. */
    async join(tenant: TestTenant, ...roles: string[]): Promise<TestPerson> {
      const person = await platform.person()
      const token = await invite(tenant.asOwner, person.email, roles)
      const { status, body } = await person.call(acceptInvitation, { body: { token } })
      expect(status, JSON.stringify(body)).toBe(201)
      return person
    },

    giveRoles: (by: TestClient, accountId: string, ...roles: string[]) =>
      by.call(changeMemberRoles, { params: { accountId }, body: { roles } }),

    async permissions(client: TestClient): Promise<readonly string[]> {
      return (await client.call(readPermissions, {})).body.permissions
    },
  }
}

export type Tenants = ReturnType<typeof createTenants>
