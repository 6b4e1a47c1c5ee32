import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, page, pageQuery, text, timestamp } from '../shapes.ts'
import { doors } from '../web-clients.ts'
import { patternUnknown, permissionExceeded, permissionPatterns } from './roles.ts'

/** `pn_<prefix>_<secret>`: the prefix tells keys apart, the secret has 256 random bits. */
export const apiKeyForm = /^pn_[a-z0-9]{8}_[A-Za-z0-9_-]{43}$/

const apiKey = z.object({
  id: id('api_key'),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  createdBy: z.string(),
  createdAt: timestamp,
  expiresAt: timestamp.nullable(),
  lastUsedAt: timestamp.nullable(),
})
const exampleApiKey = {
  id: examples.id(5),
  name: 'Warehouse',
  prefix: 'pn_k3q8zt1m',
  scopes: ['product:stock:update'],
  createdBy: examples.id(),
  createdAt: examples.time,
  expiresAt: null,
  lastUsedAt: null,
}
/** The only answer that ever holds the key itself. */
const newApiKey = apiKey.extend({ key: z.string() })
const exampleNewApiKey = {
  ...exampleApiKey,
  key: 'pn_k3q8zt1m_3vQB7B6MrGQZaxCuFg4oh2zG8S0xJmB6x9jM5hQ2dWk',
}

export const apiKeyMissing = problem(
  'missing',
  'user.api_key_missing',
  'The tenant has no such API key',
)
export const expiryPast = problem(
  'unprocessable',
  'user.expiry_past',
  'The key would have expired already',
)

export const createApiKey = operation('POST', '/v1/api-keys', {
  summary: 'Make an API key of the tenant; the answer is the only place that shows it',
  auth: { permission: 'user:api_key:create' },
  body: z.strictObject({
    name: text(1, 100),
    scopes: permissionPatterns,
    expiresAt: timestamp.optional(),
  }),
  reply: { 201: newApiKey },
  problems: [permissionExceeded, patternUnknown, expiryPast],
  example: {
    body: { name: exampleApiKey.name, scopes: exampleApiKey.scopes },
    reply: exampleNewApiKey,
  },
})

export const listApiKeys = operation('GET', '/v1/api-keys', {
  summary: 'The API keys of the tenant that were not revoked, newest first',
  auth: { permission: 'user:api_key:read' },
  query: pageQuery,
  reply: { 200: page(apiKey) },
  example: { query: {}, reply: { items: [exampleApiKey], next: null } },
})

const byKey = z.strictObject({ keyId: id('api_key') })

export const rotateApiKey = operation('POST', '/v1/api-keys/{keyId}/rotations', {
  summary: 'Give an API key a new secret; the earlier one works on for the overlap',
  auth: { permission: 'user:api_key:create' },
  params: byKey,
  body: z.strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(7 * 86_400)
      .default(86_400),
  }),
  reply: { 201: newApiKey },
  problems: [apiKeyMissing, permissionExceeded],
  example: {
    params: { keyId: examples.id(5) },
    body: { overlapSeconds: 3600 },
    reply: exampleNewApiKey,
  },
})

export const revokeApiKey = operation('DELETE', '/v1/api-keys/{keyId}', {
  summary: 'Revoke an API key; every door refuses it as soon as it hears of it',
  auth: { permission: 'user:api_key:delete' },
  params: byKey,
  reply: { 204: nothing },
  problems: [apiKeyMissing],
  example: { params: { keyId: examples.id(5) } },
})

/** The hash is sent, so that the key itself stays at the door. */
export const checkApiKey = operation('POST', '/v1/api-key-checks', {
  summary: 'The API key that has this hash, if one does and still works',
  auth: { service: doors },
  body: z.strictObject({
    /** SHA-256 of the key, base64url. */
    hash: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  }),
  reply: {
    200: z.object({
      key: z
        .object({
          id: id('api_key'),
          tenantId: id('tenant'),
          patterns: z.array(z.string()),
          expiresAt: timestamp.nullable(),
        })
        .nullable(),
    }),
  },
  example: {
    body: { hash: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' },
    reply: {
      key: {
        id: examples.id(5),
        tenantId: examples.id(2),
        patterns: ['product:stock:update'],
        expiresAt: null,
      },
    },
  },
})
