// Customers who have prices of their own, by the id of their account.
import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, page, pageQuery, text, timestamp } from '../shapes.ts'
import { accountMissing } from '../user/accounts.ts'

/** By what files and programs name a group; it stays. */
export const groupKey = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/)

const customerGroup = z.object({
  id: id('customer_group'),
  key: z.string(),
  name: z.string(),
  /** How many customers are in it. */
  members: z.int(),
  version: z.int(),
})
const exampleGroup = {
  id: examples.id(70),
  key: 'wholesale',
  name: 'Wholesale',
  members: 12,
  version: 1,
}

const member = z.object({
  accountId: id('account'),
  groupId: id('customer_group'),
  since: timestamp,
})
const exampleMember = {
  accountId: examples.id(),
  groupId: examples.id(70),
  since: examples.time,
}

export const groupMissing = problem(
  'missing',
  'product.customer_group_missing',
  'There is no such group of customers',
)
export const groupKeyTaken = problem(
  'conflict',
  'product.customer_group_key_taken',
  'Another group of customers has this key',
)
export const groupOutdated = problem(
  'precondition',
  'product.customer_group_outdated',
  'The group was changed since it was read',
)
export const groupInUse = problem(
  'conflict',
  'product.customer_group_in_use',
  'Price lists are for this group',
)
export const groupsFull = problem(
  'unprocessable',
  'product.customer_groups_full',
  'There are as many groups of customers as there may be',
)
export const memberMissing = problem(
  'missing',
  'product.customer_group_member_missing',
  'The customer is in no group',
)

const name = text(1, 100)
const byGroup = z.strictObject({ groupId: id('customer_group') })
const byMember = z.strictObject({ accountId: id('account') })

export const listCustomerGroups = operation('GET', '/v1/catalogue/customer-groups', {
  summary: 'Every group of customers, by its name',
  auth: { permission: 'product:customer_group:read' },
  reply: { 200: z.object({ items: z.array(customerGroup) }) },
  example: { reply: { items: [exampleGroup] } },
})

export const createCustomerGroup = operation('POST', '/v1/catalogue/customer-groups', {
  summary: 'Make a group of customers, to give it prices of its own',
  auth: { permission: 'product:customer_group:create' },
  idempotent: true,
  body: z.strictObject({ key: groupKey, name }),
  reply: { 201: customerGroup },
  problems: [groupKeyTaken, groupsFull],
  example: {
    body: { key: 'wholesale', name: 'Wholesale' },
    reply: { ...exampleGroup, members: 0 },
  },
})

export const changeCustomerGroup = operation('PUT', '/v1/catalogue/customer-groups/{groupId}', {
  summary: 'Give a group of customers another name',
  auth: { permission: 'product:customer_group:update' },
  params: byGroup,
  body: z.strictObject({ name, version: z.int().min(1) }),
  reply: { 200: customerGroup },
  problems: [groupMissing, groupOutdated],
  example: {
    params: { groupId: examples.id(70) },
    body: { name: 'Resellers', version: 1 },
    reply: { ...exampleGroup, name: 'Resellers', version: 2 },
  },
})

export const removeCustomerGroup = operation('DELETE', '/v1/catalogue/customer-groups/{groupId}', {
  summary: 'Remove a group that no price list is for; its customers are in none',
  auth: { permission: 'product:customer_group:delete' },
  params: byGroup,
  reply: { 204: nothing },
  problems: [groupMissing, groupInUse],
  example: { params: { groupId: examples.id(70) } },
})

export const listGroupMembers = operation(
  'GET',
  '/v1/catalogue/customer-groups/{groupId}/members',
  {
    summary: 'Who is in a group of customers',
    auth: { permission: 'product:customer_group:read' },
    params: byGroup,
    query: pageQuery,
    reply: { 200: page(member) },
    problems: [groupMissing],
    example: {
      params: { groupId: examples.id(70) },
      query: {},
      reply: { items: [exampleMember], next: null },
    },
  },
)

export const readGroupMember = operation(
  'GET',
  '/v1/catalogue/customer-group-members/{accountId}',
  {
    summary: 'The group that a customer is in',
    auth: { permission: 'product:customer_group:read' },
    params: byMember,
    reply: { 200: member },
    problems: [memberMissing],
    example: { params: { accountId: examples.id() }, reply: exampleMember },
  },
)

export const setGroupMember = operation('PUT', '/v1/catalogue/customer-group-members/{accountId}', {
  summary:
    'Put a customer into a group, out of the one they were in; for who may read accounts as well',
  auth: { permission: 'product:customer_group:update' },
  params: byMember,
  body: byGroup,
  reply: { 200: member },
  problems: [groupMissing, accountMissing],
  example: {
    params: { accountId: examples.id() },
    body: { groupId: examples.id(70) },
    reply: exampleMember,
  },
})

export const removeGroupMember = operation(
  'DELETE',
  '/v1/catalogue/customer-group-members/{accountId}',
  {
    summary: 'Take a customer out of the group they are in',
    auth: { permission: 'product:customer_group:update' },
    params: byMember,
    reply: { 204: nothing },
    problems: [memberMissing],
    example: { params: { accountId: examples.id() } },
  },
)
