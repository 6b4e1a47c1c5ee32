import { secret } from '@prognetwork/environment-configuration'
import { z } from 'zod'

export const emailKeys = z.object({
  transport: z
    .enum(['capture', 'smtp', 'sendgrid'])
    .default('capture')
    .describe('What carries mails on; capture keeps them and sends nothing'),
  smtpUrl: secret(
    z
      .string()
      .regex(/^smtps?:\/\/[^\s]+$/, { error: 'must begin with smtp:// or smtps://' })
      .optional(),
  ).describe('The mail server, as smtps://name:password@host:465'),
  sendgridKey: secret(z.string().min(1).optional()).describe('API key of SendGrid'),
  sendgridUrl: z.url().default('https://api.sendgrid.com').describe("Where SendGrid's API is"),
  sendgridEventKey: z
    .base64()
    .optional()
    .describe("Public key that SendGrid's event webhook is verified with, as SendGrid shows it"),
  fromAddress: z
    .email()
    .default('no-reply@mail.invalid')
    .describe('Address that mails are from where a tenant has none of its own'),
  orderPage: z
    .string()
    .regex(/^\/[^\s]*\{key\}[^\s]*$/, { error: 'must be a path with {key}' })
    .default('/orders/{key}')
    .describe("Path below a shop's address that shows an order; {key} stands for its key"),
  sendSeconds: z.coerce
    .number()
    .int()
    .min(1)
    .max(300)
    .default(30)
    .describe('How long a mail server is given to take a mail'),
})

export type EmailConfiguration = z.output<typeof emailKeys>
