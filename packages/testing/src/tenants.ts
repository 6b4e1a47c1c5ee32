import { userContract } from '@prognetwork/contracts/user'
import { expect } from 'vitest'
import type { TestClient } from './client.ts'
import type { TestPerson, TestShop } from './people.ts'
import type { BlackBox } from './platform.ts'

const { acceptInvitation, changeMemberRoles, inviteMember, openTenantSession, readPermissions } =
  userContract.operations

/** What people do in the tenants of one platform under test. */
export function createTenants(platform: BlackBox) {
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

    /** A new person who has accepted an invitation with these roles. */
    async join(shop: TestShop, ...roles: string[]): Promise<TestPerson> {
      const person = await platform.person()
      const token = await invite(shop.staff, person.email, roles)
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
