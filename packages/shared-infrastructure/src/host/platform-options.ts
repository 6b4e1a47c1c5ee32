import type { Log } from '@prognetwork/contracts'
import type { KeyState } from '@prognetwork/environment-configuration'
import type { TransportSettings } from '@prognetwork/event-based-service-client'
import type { ClientOrigins } from '../client/client-origins.ts'
import type { ConnectionSettings } from '../database/connections.ts'
import type { KeyRing } from '../key-ring/key-ring.ts'
import type { AnyDefinition } from '../service/definition.ts'
import type { RealTime } from '../service/time.ts'
import type { Collector } from '../telemetry/collector.ts'
import type { SpanSink } from '../telemetry/span.ts'
import type { Separation } from './separation.ts'

/** What a process of the platform is given; the host reads no environment. */
export interface PlatformOptions {
  /** Every service of the platform. */
  readonly definitions: readonly AnyDefinition[]
  /** Mode *one*: which services run here, and the way to the others. Without it all run here. */
  readonly separation?: Separation
  /** Parsed configuration by service name. */
  readonly configuration: ReadonlyMap<string, object>
  /** How the service's roles connect. */
  readonly connections: (service: string) => {
    readonly service: ConnectionSettings
    readonly platform: ConnectionSettings
  }
  /** How a role connects past any pooler, for what a session holds: LISTEN and leases. */
  readonly direct: (role: string) => ConnectionSettings
  /**
   * The services with a database of their own, past any pooler. They send their events to the log; the
   * outboxes of all others are beside it and moved where they are.
   */
  readonly apart?: ReadonlySet<string>
  /** False behind a pooler without prepared statements. */
  readonly preparedStatements: boolean
  readonly keyRing: KeyRing
  /** Folder for files of tenants; the processes of one platform share it. */
  readonly filesDirectory: string
  /** How consumers receive events; from PostgreSQL without it. */
  readonly transport?: TransportSettings
  /** The log of one service. */
  readonly log: (service: string) => Log
  readonly spans: SpanSink
  /** What spans and lines go to besides, to be kept by the service that does; nobody without it. */
  readonly telemetry?: Collector
  readonly realTime: RealTime
  /** False: no recurring job runs, so that nothing changes but by what is asked. */
  readonly recurringJobs?: boolean
  /** Where people reach the platform, without a slash at the end. */
  readonly publicUrl: string
  /** Where people reach each web client. */
  readonly clientOrigins: ClientOrigins
  /** What the process has read, for operators to see; no secrets. */
  readonly configurationKeys?: () => readonly KeyState[]
  /** Address the public zone listens on. */
  readonly host: string
  /** Port of a public service; 0 chooses a free one. */
  readonly port: (definition: AnyDefinition) => number
}
