import { z } from 'zod'

/**
 * The web clients, by the names of their servers. A browser's session belongs to one of them and to
 * one tenant, and is worth nothing to any other.
 */
export const webClients = [
  'admin-client',
  'auth-client',
  'marketing-client',
  'storefront-client',
] as const

export type WebClient = (typeof webClients)[number]

/** Services that take requests from outside, and so find out who asks. */
export const doors = ['api-gateway', 'event-streaming-service', ...webClients] as const

/** Where people sign in; the others get their sessions from it by a code. */
export const signInClient = 'auth-client'

/** The clients that a sign-in at the auth client may lead back to. */
export const returnClient = z.enum(webClients).exclude([signInClient])
export type ReturnClient = z.output<typeof returnClient>
