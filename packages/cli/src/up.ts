import { flushCompileCache } from 'node:module'
import { join, resolve } from 'node:path'
import {
  type ConfigurationWatch,
  type KeyState,
  keyStates,
} from '@prognetwork/environment-configuration'
import {
  type AnyDefinition,
  createRealTime,
  eventWriterRole,
  loadKeyRing,
  openInstallation,
  type PlatformOptions,
  type RolePasswords,
  type RunningPlatform,
  readServiceDirectory,
  readServiceSecrets,
  roleConnections,
  startPlatform,
} from '@prognetwork/shared-infrastructure/host'
import {
  type Collector,
  createCollector,
  createLog,
  createLogThreshold,
  type LogThreshold,
} from '@prognetwork/shared-infrastructure/telemetry'
import {
  type Configuration,
  clientOriginsOf,
  declarations,
  publicUrlOf,
  readConfiguration,
} from './configuration.ts'
import {
  externalDatabase,
  noDatabase,
  type OpenDatabase,
  openDatabase,
  requireDirect,
  takesNamedStatements,
} from './database.ts'
import { transportSettings } from './event-transport.ts'
import { allDatabases, connectionsOf, ownDatabases, prepareAll } from './own-databases.ts'
import { followConfiguration } from './reloading.ts'
import { say } from './speech.ts'
import { stopSignal } from './stop-signal.ts'

/**
 * `prog up`: runs the platform in this process until a signal comes or the parent is gone. With
 * `only` it runs these services of a platform whose others run elsewhere.
 */
export async function up(
  definitions: readonly AnyDefinition[],
  directory: string,
  only: readonly string[] | undefined,
): Promise<void> {
  const startedMs = performance.now()
  const configuration = readConfiguration(definitions, directory)
  const stopping = stopSignal()
  const database = await databaseFor(definitions, configuration, directory, only)
  const threshold = createLogThreshold(configuration.platform.logLevel)
  let platform: RunningPlatform | undefined
  let watch: ConfigurationWatch | undefined
  try {
    const startIt = only ? startSome : startAll
    const declared = declarations(definitions)
    const configurationKeys = () =>
      keyStates(declared, watch?.entries() ?? configuration.reading.entries)
    const given = {
      ...{ definitions, configuration, directory, database, threshold, configurationKeys },
    }
    platform = await startIt({ ...given, only: only ?? [] })
    watch = followConfiguration({ ...given, platform, log: logOf('platform', threshold) })
    announce(platform, definitions, performance.now() - startedMs)
    const reason = await Promise.race([stopping, database.ended])
    say(reason === 'database' ? 'The database ended; stopping.' : 'Stopping.')
    if (reason === 'database') process.exitCode = 1
  } finally {
    watch?.close()
    await platform?.stop()
    await database.stop()
  }
}

/** Web clients and the gateway have none, and may run where none is reached. */
function databaseFor(
  definitions: readonly AnyDefinition[],
  configuration: Configuration,
  directory: string,
  only: readonly string[] | undefined,
): OpenDatabase | Promise<OpenDatabase> {
  if (!only) return openDatabase(configuration, directory)
  const here = definitions.filter(({ name }) => only.includes(name))
  // A name that is none of ours is told of later.
  const isNeeded = here.length < only.length || here.some(({ database }) => database !== undefined)
  return isNeeded ? externalDatabase(configuration) : noDatabase()
}

interface Start {
  readonly definitions: readonly AnyDefinition[]
  readonly configuration: Configuration
  readonly directory: string
  readonly database: OpenDatabase
  readonly only: readonly string[]
  readonly threshold: LogThreshold
  /** What was read, as it is now. */
  readonly configurationKeys: () => readonly KeyState[]
}

/** Mode *all*: secrets, roles and schemas are made here, so that a first start needs nothing. */
async function startAll(start: Start): Promise<RunningPlatform> {
  const { definitions, database, configuration } = start
  await requireDirect(configuration, database.direct)
  const installation = await openInstallation(stateDirectoryOf(start), definitions)
  const own = ownDatabases(configuration)
  const databases = allDatabases(definitions, configuration, database.direct)
  const applied = await prepareAll(databases, installation.passwords)
  for (const one of applied)
    if (one.applied.length > 0) say(`${one.service}: ${one.applied.length} migrations applied`)
  const pooled = roleConnections(database.connection, installation.passwords)
  return startPlatform({
    ...commonOptions(start),
    preparedStatements: await takesNamedStatements(configuration, pooled(eventWriterRole)),
    connections: connectionsOf(own, database.connection, installation.passwords),
    direct: roleConnections(database.direct, installation.passwords),
    keyRing: installation.keyRing,
  })
}

/** Mode *one*: everything was made by `prog bootstrap`; this process reads its own part of it. */
async function startSome(start: Start): Promise<RunningPlatform> {
  const { only, configuration, database } = start
  const stateDirectory = stateDirectoryOf(start)
  const urls = new Map(
    start.definitions.flatMap(({ name }) => {
      const url = configuration.services.get(name)?.url
      return typeof url === 'string' ? [[name, url] as const] : []
    }),
  )
  const secrets = new Map(
    await Promise.all(
      only.map(async (name) => [name, await readServiceSecrets(stateDirectory, name)] as const),
    ),
  )
  const passwords: RolePasswords = Object.assign(
    {},
    ...[...secrets.values()].map((one) => one.databasePasswords),
  )
  return startPlatform({
    ...commonOptions(start),
    preparedStatements: await probeForSome(start, passwords),
    connections: (service) =>
      connectionsOf(ownDatabases(configuration), database.connection, passwords)(service),
    direct: (role) => roleConnections(database.direct, passwords)(role),
    keyRing: await loadKeyRing({ directory: stateDirectory }),
    separation: {
      only,
      directory: await readServiceDirectory(stateDirectory, urls),
      privateKeyOf(service) {
        const own = secrets.get(service)
        if (!own) throw new Error(`${service} does not run in this process`)
        return own.privateKey
      },
    },
  })
}

/** A process whose services have no database asks nothing of it. */
async function probeForSome(
  { configuration, database }: Start,
  passwords: RolePasswords,
): Promise<boolean> {
  const [role] = Object.keys(passwords)
  if (role === undefined) return true
  await requireDirect(configuration, roleConnections(database.direct, passwords)(role))
  return takesNamedStatements(configuration, roleConnections(database.connection, passwords)(role))
}

function stateDirectoryOf({ directory, configuration }: Start): string {
  return resolve(directory, configuration.platform.stateDirectory)
}

function commonOptions({
  definitions,
  configuration,
  directory,
  threshold,
  configurationKeys,
}: Start): Omit<PlatformOptions, 'connections' | 'direct' | 'keyRing' | 'preparedStatements'> {
  const { platform, services } = configuration
  const telemetry = platform.telemetry ? createCollector() : undefined
  return {
    definitions,
    apart: new Set(ownDatabases(configuration).keys()),
    configuration: services,
    transport: transportSettings(configuration, directory),
    filesDirectory: join(resolve(directory, platform.stateDirectory), 'files'),
    log: (service) => logOf(service, threshold, telemetry),
    spans: telemetry ?? { accept: () => {} },
    ...(telemetry && { telemetry }),
    realTime: createRealTime(() => Date.now()),
    publicUrl: publicUrlOf(configuration),
    clientOrigins: clientOriginsOf(configuration),
    configurationKeys,
    host: platform.host,
    port: (definition) => Number(services.get(definition.name)?.port),
  }
}

function logOf(service: string, level: LogThreshold, sink?: Collector) {
  const pretty = process.stdout.isTTY === true
  return createLog({ service, level, pretty, ...(sink && { sink }) })
}

function announce(
  platform: RunningPlatform,
  definitions: readonly AnyDefinition[],
  tookMs: number,
): void {
  say(`ProgNetwork is up after ${(tookMs / 1000).toFixed(1)} s.`)
  for (const [name, { host, port }] of platform.addresses) {
    const summary = definitions.find((one) => one.name === name)?.summary ?? ''
    say(`  http://${host}:${port}  ${name}: ${summary}`)
  }
  for (const notice of platform.notices) say(notice)
  // Whoever is killed writes nothing down at the end.
  flushCompileCache()
}
