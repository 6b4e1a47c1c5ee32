import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { email, id, locale, page, pageQuery, text, timestamp } from '../shapes.ts'

/** NIST SP 800-63B: 8 or more characters, no rules of composition, long ones welcome. */
export const password = z.string().min(8).max(256)

export const account = z.object({
  id: id('account'),
  email,
  emailVerified: z.boolean(),
  displayName: z.string(),
  locale,
  timezone: z.string(),
  status: z.enum(['active', 'disabled']),
  createdAt: timestamp,
  updatedAt: timestamp,
})
const exampleAccount = {
  id: examples.id(),
  email: examples.email,
  emailVerified: true,
  displayName: 'Ada Lovelace',
  locale: 'en',
  timezone: 'Europe/London',
  status: 'active',
  createdAt: examples.time,
  updatedAt: examples.time,
}

export const accountMissing = problem('missing', 'user.account_missing', 'There is no such account')
export const passwordBreached = problem(
  'unprocessable',
  'user.password_breached',
  'This password is among those attackers try first',
)
export const tokenInvalid = problem(
  'gone',
  'user.token_invalid',
  'The link was used, has expired or was never given out',
)
export const passwordWrong = problem(
  'unprocessable',
  'user.password_wrong',
  'This is not the password that was chosen with this link',
)
export const timezoneUnknown = problem(
  'unprocessable',
  'user.timezone_unknown',
  'There is no such time zone',
)

/** The same for a new address and a known one: the mail says which it was. */
export const signUp = operation('POST', '/v1/accounts', {
  summary: 'Sign up; a mail with a link to verify the address follows',
  auth: { public: true },
  rate: 'credential',
  body: z.strictObject({
    email,
    password,
    displayName: text(1, 100),
    locale: locale.default('en'),
  }),
  reply: { 202: z.object({ status: z.literal('verification_sent') }) },
  problems: [passwordBreached],
  example: {
    body: {
      email: examples.email,
      password: 'a difference engine',
      displayName: 'Ada Lovelace',
    },
    reply: { status: 'verification_sent' },
  },
})

const oneTimeToken = z.string().min(20).max(200)
const exampleToken = 'vt_3vQB7B6MrGQZaxCuFg4oh2zG8S0xJmB6x9jM5hQ2dWk'

export const verifyEmail = operation('POST', '/v1/email-verifications', {
  summary: 'Verify an e-mail address with the token of the mail and the password chosen for it',
  auth: { public: true },
  rate: 'credential',
  body: z.strictObject({ token: oneTimeToken, password: z.string().max(1_000) }),
  reply: { 200: z.object({ accountId: id('account'), email }) },
  problems: [tokenInvalid, passwordWrong],
  example: {
    body: { token: exampleToken, password: 'a difference engine' },
    reply: { accountId: examples.id(), email: examples.email },
  },
})

export const requestPasswordReset = operation('POST', '/v1/password-reset-requests', {
  summary: 'Ask for a mail to set a new password; the answer is the same for unknown addresses',
  auth: { public: true },
  rate: 'credential',
  body: z.strictObject({ email }),
  reply: { 202: z.object({ status: z.literal('sent_if_known') }) },
  example: { body: { email: examples.email }, reply: { status: 'sent_if_known' } },
})

export const resetPassword = operation('POST', '/v1/password-resets', {
  summary: 'Set a new password with the token of the mail; ends every session of the account',
  auth: { public: true },
  rate: 'credential',
  body: z.strictObject({ token: oneTimeToken, password }),
  reply: { 200: z.object({ accountId: id('account') }) },
  problems: [tokenInvalid, passwordBreached],
  example: {
    body: { token: exampleToken.replace('vt_', 'pr_'), password: 'an analytical engine' },
    reply: { accountId: examples.id() },
  },
})

export const setUpPlatform = operation('POST', '/v1/platform-set-up', {
  summary: 'Make the first operator with the one-time set-up link that the first start printed',
  auth: { public: true },
  rate: 'credential',
  body: z.strictObject({ token: oneTimeToken, email, password, displayName: text(1, 100) }),
  reply: { 201: account },
  problems: [tokenInvalid, passwordBreached],
  example: {
    body: {
      token: exampleToken.replace('vt_', 'su_'),
      email: examples.email,
      password: 'a difference engine',
      displayName: 'Ada Lovelace',
    },
    reply: exampleAccount,
  },
})

export const readProfile = operation('GET', '/v1/me', {
  summary: 'The account that is signed in',
  auth: { signedIn: true },
  reply: { 200: account },
  example: { reply: exampleAccount },
})

export const changeProfile = operation('PATCH', '/v1/me', {
  summary: 'Change name, language or time zone of the account that is signed in',
  auth: { signedIn: true },
  idempotent: true,
  body: z.strictObject({
    displayName: text(1, 100).optional(),
    locale: locale.optional(),
    timezone: z.string().min(1).max(60).optional(),
  }),
  reply: { 200: account },
  problems: [timezoneUnknown],
  example: { body: { timezone: 'Europe/London' }, reply: exampleAccount },
})

export const listAccounts = operation('GET', '/v1/accounts', {
  summary: 'The accounts of the tenant, newest first',
  auth: { permission: 'user:account:read' },
  query: pageQuery.extend({
    email: email.optional(),
    /** Stands in the name or in the address, in capitals or not. */
    words: text(1, 100).optional(),
  }),
  reply: { 200: page(account) },
  example: {
    query: { limit: '20', words: 'love' },
    reply: { items: [exampleAccount], next: null },
  },
})

/** Of an account of the tenant, for those who look after it. */
export const byAccount = z.strictObject({ accountId: id('account') })

export const readAccount = operation('GET', '/v1/accounts/{accountId}', {
  summary: 'One account of the tenant',
  auth: { permission: 'user:account:read' },
  params: byAccount,
  reply: { 200: account },
  problems: [accountMissing],
  example: { params: { accountId: examples.id() }, reply: exampleAccount },
})

const auditRow = z.object({
  id: id('audit'),
  at: timestamp,
  action: z.string(),
  outcome: z.enum(['success', 'failure']),
  subject: z.string(),
  actor: z.string().nullable(),
  resource: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  address: z.string().nullable(),
  traceId: z.string(),
})

export const listAudit = operation('GET', '/v1/audit', {
  summary: 'What was done in the tenant and by whom, newest first',
  auth: { permission: 'user:audit:read' },
  query: pageQuery.extend({ subject: z.string().min(1).max(100).optional() }),
  reply: { 200: page(auditRow) },
  example: {
    query: {},
    reply: {
      items: [
        {
          id: examples.id(),
          at: examples.time,
          action: 'session.opened',
          outcome: 'success',
          subject: examples.id(),
          actor: null,
          resource: null,
          detail: { methods: ['password'] },
          address: examples.address,
          traceId: examples.traceId,
        },
      ],
      next: null,
    },
  },
})

const capturedMail = z.object({
  id: id('captured_mail'),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  at: timestamp,
})

export const listCapturedMail = operation('GET', '/v1/captured-mail', {
  summary: 'Mail that was kept instead of sent, newest first',
  auth: { permission: 'user:captured_mail:read' },
  query: pageQuery.extend({ to: email.optional() }),
  reply: { 200: page(capturedMail) },
  example: {
    query: { to: examples.email },
    reply: {
      items: [
        {
          id: examples.id(),
          to: examples.email,
          subject: 'Verify your address',
          text: 'Open https://example.com/verify',
          at: examples.time,
        },
      ],
      next: null,
    },
  },
})
