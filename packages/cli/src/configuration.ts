import { type WebClient, webClients } from '@prognetwork/contracts'
import {
  ConfigurationErrors,
  type Declaration,
  environment,
  loadSources,
  type ReadingOfAll,
  readAll,
  reloadable,
  type Sources,
  secret,
} from '@prognetwork/environment-configuration'
import {
  type AnyDefinition,
  type ClientOrigins,
  clientOrigin,
  localClientOrigins,
  logOwner,
} from '@prognetwork/shared-infrastructure/host'
import { z } from 'zod'

/** Tenants have a client at `<slug>.` before its address, but for the console. */
function originOf(what: string) {
  return clientOrigin
    .optional()
    .describe(
      `Where ${what} is reached, such as https://shop.example; its port on localhost without it`,
    )
}

/** The platform's own keys; each service declares its own in its definition. */
const platformSchema = z.object({
  stateDirectory: z
    .string()
    .default('.prognetwork')
    .describe('Folder for the embedded database, secrets and files'),
  databaseUrl: secret(z.string().optional()).describe(
    'An existing PostgreSQL (15 or later) instead of the embedded one; a privileged user',
  ),
  databaseDirectUrl: secret(z.string().optional()).describe(
    'The same database past the pooler, for migrations and leases; required behind one',
  ),
  preparedStatements: z
    .stringbool()
    .optional()
    .describe('Whether statements are named and prepared; without it a probe at the start decides'),
  eventTransport: z
    .enum(['postgres', 'redis', 'kafka'])
    .default('postgres')
    .describe('How consumers receive events: from the log itself, or from a copy of it'),
  eventPrefix: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and hyphens')
    .default('prognetwork')
    .describe('Begins every name in the broker, so that several installations can share one'),
  redisUrl: secret(z.string().optional()).describe('Where Redis is: `redis://` or `rediss://`'),
  redisCaFile: z
    .string()
    .optional()
    .describe('A certificate (PEM) that Redis at `rediss://` is checked by'),
  redisKeptEvents: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(1_000_000)
    .describe('About how many events at the end of the log Redis holds'),
  kafkaBrokers: z
    .string()
    .transform((list) => list.split(',').map((broker) => broker.trim()))
    .pipe(z.array(z.string().regex(/^[^\s:/]+:\d+$/, 'host:port')).min(1))
    .optional()
    .describe('Some brokers of Kafka as `host:port`, with commas between them'),
  kafkaUsername: z.string().optional().describe('Who signs in to Kafka (SASL); nobody without it'),
  kafkaPassword: secret(z.string().optional()).describe('The password of that user'),
  kafkaMechanism: z
    .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])
    .default('SCRAM-SHA-512')
    .describe('How the password is shown to Kafka'),
  kafkaTls: z.stringbool().default(false).describe('Whether Kafka is spoken to by TLS'),
  kafkaCaFile: z
    .string()
    .optional()
    .describe('Certificate (PEM) that the brokers of Kafka are checked by'),
  kafkaReplicas: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe("How many brokers keep each topic; the cluster's own default without it"),
  host: z.string().default('127.0.0.1').describe('Address that the public zone listens on'),
  publicUrl: z
    .url()
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe(
      "Where people reach the platform; links in mails start with it; the gateway's port on localhost without it",
    ),
  adminClientOrigin: originOf('the admin console'),
  authClientOrigin: originOf('people sign in'),
  marketingClientOrigin: originOf("the platform's own site"),
  storefrontClientOrigin: originOf('the storefront'),
  apiKey: secret(z.string().optional()).describe(
    'A key of the tenant that commands such as `prog import` work for',
  ),
  telemetry: z
    .stringbool()
    .default(true)
    .describe('Whether monitoring-service keeps what was done and said: spans and log lines'),
  logLevel: reloadable(z.enum(['debug', 'info', 'warn', 'error']))
    .default('info')
    .describe('The least severe log lines that are written'),
})
type PlatformConfiguration = z.output<typeof platformSchema>

/** The log and what consumes it are in the database of the platform. */
const ownDatabase = secret(z.string().optional()).describe(
  'A PostgreSQL database of its own, past any pooler; a privileged user',
)

/** Every declaration there is: the platform's keys and each service's, with its port. */
export function declarations(definitions: readonly AnyDefinition[]): Declaration[] {
  return [
    { owner: 'platform', schema: platformSchema },
    ...definitions.map((one) => ({
      owner: one.name,
      schema: one.config.extend({
        port: z.coerce
          .number()
          .int()
          .min(0)
          .max(65_535)
          .default(one.port)
          .describe('Port it listens on; 0 chooses a free one'),
        url: z.url().optional().describe('Where other processes reach it; else services.json'),
        ...(one.database && one.name !== logOwner && { databaseUrl: ownDatabase }),
      }),
    })),
  ]
}

export interface Configuration {
  readonly platform: PlatformConfiguration
  readonly services: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  readonly reading: ReadingOfAll
  /** What it was read from. */
  readonly sources: Sources
}

/** Reads everything at once. Throws all errors together, each with its origin. */
export function readConfiguration(
  definitions: readonly AnyDefinition[],
  directory: string,
): Configuration {
  const sources = sourcesOf(directory)
  const reading = readAll(sources, declarations(definitions))
  const platform = reading.values.get('platform')
  if (reading.errors.length > 0 || !platform) throw new ConfigurationErrors(reading.errors)
  return { platform: platform as PlatformConfiguration, services: reading.values, reading, sources }
}

/** The same without throwing, for `prog config`. */
export function inspectConfiguration(
  definitions: readonly AnyDefinition[],
  directory: string,
): ReadingOfAll {
  return readAll(sourcesOf(directory), declarations(definitions))
}

function sourcesOf(directory: string): Sources {
  return loadSources({ directory, env: environment })
}

/** Where people reach the platform. */
export function publicUrlOf({ platform, services }: Configuration): string {
  return platform.publicUrl ?? `http://localhost:${services.get('api-gateway')?.port}`
}

/** Where people reach each web client. */
export function clientOriginsOf({ platform, services }: Configuration): ClientOrigins {
  const own: Readonly<Partial<Record<WebClient, string | undefined>>> = {
    'admin-client': platform.adminClientOrigin,
    'auth-client': platform.authClientOrigin,
    'marketing-client': platform.marketingClientOrigin,
    'storefront-client': platform.storefrontClientOrigin,
  }
  const onThisMachine = (client: WebClient) => {
    const port = services.get(client)?.port
    return port === undefined ? localClientOrigins[client] : `http://localhost:${port}`
  }
  return Object.fromEntries(
    webClients.map((client) => [client, own[client] ?? onThisMachine(client)]),
  ) as ClientOrigins
}

/** Where commands of this machine reach the gateway of a running platform. */
export function gatewayOrigin({ platform, services }: Configuration): string {
  return `http://${platform.host}:${services.get('api-gateway')?.port}`
}
