import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { email, id, nothing, page, pageQuery, timestamp } from '../shapes.ts'
import { accountMissing, byAccount, tokenInvalid } from './accounts.ts'
import { permissionExceeded, roleName, roleUnknown } from './roles.ts'

const accountId = id('account')
/** Names of roles, the system's or the tenant's own. */
const roles = z.array(roleName).min(1).max(20)

export const membership = z.object({
  accountId,
  displayName: z.string(),
  email: z.string(),
  roles: z.array(z.string()),
  createdAt: timestamp,
})
const exampleMembership = {
  accountId: examples.id(),
  displayName: 'Ada Lovelace',
  email: examples.email,
  roles: ['manager'],
  createdAt: examples.time,
}

export const membershipMissing = problem(
  'missing',
  'user.membership_missing',
  'The tenant has no such member',
)
export const membershipExists = problem(
  'conflict',
  'user.membership_exists',
  'The person is a member already',
)
export const ownerLast = problem(
  'conflict',
  'user.owner_last',
  'The tenant would be left without an owner',
)
export const ownerRequired = problem(
  'forbidden',
  'user.owner_required',
  'Only an owner makes or unmakes owners',
)
export const invitationMissing = problem(
  'missing',
  'user.invitation_missing',
  'The tenant has no such invitation',
)
export const invitationExists = problem(
  'conflict',
  'user.invitation_exists',
  'The address has an open invitation',
)
export const tenantOwned = problem(
  'conflict',
  'user.tenant_owned',
  'The tenant has members already, and the account is not its owner',
)

export const listMembers = operation('GET', '/v1/memberships', {
  summary: 'The members of the tenant',
  auth: { permission: 'user:membership:read' },
  query: pageQuery,
  reply: { 200: page(membership) },
  example: { query: { limit: '20' }, reply: { items: [exampleMembership], next: null } },
})

export const readMember = operation('GET', '/v1/memberships/{accountId}', {
  summary: 'One member of the tenant',
  auth: { permission: 'user:membership:read' },
  params: byAccount,
  reply: { 200: membership },
  problems: [membershipMissing],
  example: { params: { accountId: examples.id() }, reply: exampleMembership },
})

export const changeMemberRoles = operation('PUT', '/v1/memberships/{accountId}/roles', {
  summary: 'Give a member other roles; it takes effect at once',
  auth: { permission: 'user:membership:update' },
  params: byAccount,
  body: z.strictObject({ roles }),
  reply: { 200: membership },
  problems: [membershipMissing, roleUnknown, permissionExceeded, ownerRequired, ownerLast],
  example: {
    params: { accountId: examples.id() },
    body: { roles: ['manager'] },
    reply: exampleMembership,
  },
})

export const removeMember = operation('DELETE', '/v1/memberships/{accountId}', {
  summary: 'Remove a member; what they do for the tenant ends at once, and their invitations too',
  auth: { permission: 'user:membership:delete' },
  params: byAccount,
  reply: { 204: nothing },
  problems: [membershipMissing, permissionExceeded, ownerRequired, ownerLast],
  example: { params: { accountId: examples.id() } },
})

export const leaveTenant = operation('DELETE', '/v1/memberships/current', {
  summary: 'Leave the tenant one acts for',
  auth: { signedIn: true },
  reply: { 204: nothing },
  problems: [membershipMissing, ownerLast],
  example: {},
})

export const transferOwnership = operation('POST', '/v1/ownership-transfers', {
  summary: 'Make another member owner in one’s own place; the caller stays as admin',
  auth: { permission: 'user:ownership:transfer' },
  body: z.strictObject({ accountId }),
  reply: { 201: membership },
  problems: [membershipMissing, ownerRequired],
  example: {
    body: { accountId: examples.id() },
    reply: { ...exampleMembership, roles: ['manager', 'owner'] },
  },
})

const memberships = z.object({
  items: z.array(
    z.object({ tenantId: id('tenant'), roles: z.array(z.string()), createdAt: timestamp }),
  ),
})
const exampleMemberships = {
  items: [{ tenantId: examples.id(2), roles: ['owner'], createdAt: examples.time }],
}

export const listMyMemberships = operation('GET', '/v1/me/memberships', {
  summary: 'The tenants that the account is a member of',
  auth: { signedIn: true },
  reply: { 200: memberships },
  example: { reply: exampleMemberships },
})

export const listAccountMemberships = operation(
  'GET',
  '/v1/platform/accounts/{accountId}/memberships',
  {
    summary: 'The tenants that an account of the platform is a member of',
    auth: { permission: 'platform:membership:read' },
    params: byAccount,
    reply: { 200: memberships },
    problems: [accountMissing],
    example: { params: { accountId: examples.id() }, reply: exampleMemberships },
  },
)

export const openTenantAccess = operation('POST', '/v1/tenant-access', {
  summary: 'Make the first owner of a new tenant, the one in whose scope the call is made',
  auth: { service: ['tenant-service'] },
  idempotent: true,
  body: z.strictObject({ ownerAccountId: accountId }),
  reply: { 200: membership },
  problems: [accountMissing, tenantOwned],
  example: {
    body: { ownerAccountId: examples.id() },
    reply: { ...exampleMembership, roles: ['owner'] },
  },
})

const invitation = z.object({
  id: id('invitation'),
  email: z.string(),
  roles: z.array(z.string()),
  invitedBy: z.string(),
  createdAt: timestamp,
  expiresAt: timestamp,
})
const exampleInvitation = {
  id: examples.id(3),
  email: 'grace@example.com',
  roles: ['manager'],
  invitedBy: examples.id(),
  createdAt: examples.time,
  expiresAt: examples.laterTime,
}

export const inviteMember = operation('POST', '/v1/invitations', {
  summary: 'Invite somebody by e-mail; the link in the mail works once and for seven days',
  auth: { permission: 'user:invitation:create' },
  idempotent: true,
  body: z.strictObject({ email, roles }),
  reply: { 201: invitation },
  problems: [roleUnknown, permissionExceeded, ownerRequired, membershipExists, invitationExists],
  example: { body: { email: 'grace@example.com', roles: ['manager'] }, reply: exampleInvitation },
})

export const listInvitations = operation('GET', '/v1/invitations', {
  summary: 'Invitations that were not accepted yet, newest first',
  auth: { permission: 'user:invitation:read' },
  query: pageQuery,
  reply: { 200: page(invitation) },
  example: { query: {}, reply: { items: [exampleInvitation], next: null } },
})

const byInvitation = z.strictObject({ invitationId: id('invitation') })

export const resendInvitation = operation('POST', '/v1/invitations/{invitationId}/mails', {
  summary: 'Send the mail again with a new link for another seven days; the earlier link ends',
  auth: { permission: 'user:invitation:create' },
  params: byInvitation,
  reply: { 202: invitation },
  problems: [invitationMissing],
  example: { params: { invitationId: examples.id(3) }, reply: exampleInvitation },
})

export const revokeInvitation = operation('DELETE', '/v1/invitations/{invitationId}', {
  summary: 'Take an invitation back',
  auth: { permission: 'user:invitation:delete' },
  params: byInvitation,
  reply: { 204: nothing },
  problems: [invitationMissing],
  example: { params: { invitationId: examples.id(3) } },
})

export const acceptInvitation = operation('POST', '/v1/invitation-acceptances', {
  summary: 'Become a member; signed in with the address that the invitation was sent to',
  auth: { signedIn: true },
  body: z.strictObject({ token: z.string().min(20).max(200) }),
  reply: { 201: membership.extend({ tenantId: id('tenant') }) },
  problems: [tokenInvalid],
  example: {
    body: { token: 'it_3vQB7B6MrGQZaxCuFg4oh2zG8S0xJmB6x9jM5hQ2dWk' },
    reply: { ...exampleMembership, tenantId: examples.id(2) },
  },
})
