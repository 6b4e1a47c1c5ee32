import { resolve } from 'node:path'
import { onParentGone } from '@prognetwork/environment-configuration'
import {
  type AnyDefinition,
  createRealTime,
  openInstallation,
  parseDatabaseUrl,
  prepareDatabase,
  type RunningPlatform,
  serviceConnections,
  startPlatform,
} from '@prognetwork/shared-infrastructure/host'
import { type RunningPostgres, startPostgres } from '@prognetwork/shared-infrastructure/postgres'
import { createLog, createSpanRing } from '@prognetwork/shared-infrastructure/telemetry'
import { type Configuration, readConfiguration } from './configuration.ts'
import { say } from './speech.ts'

const rememberedSpans = 10_000

/** `prog up`: everything in this process, until a signal or the parent's end. */
export async function up(definitions: readonly AnyDefinition[], directory: string): Promise<void> {
  const startedMs = performance.now()
  const configuration = readConfiguration(definitions, directory)
  const stopping = stopSignal()
  const database = await openDatabase(configuration, directory)
  let platform: RunningPlatform | undefined
  try {
    platform = await start(definitions, configuration, directory, database)
    announce(platform, definitions, performance.now() - startedMs)
    const reason = await Promise.race([stopping, database.ended])
    say(reason === 'database' ? 'The database ended; stopping.' : 'Stopping.')
    if (reason === 'database') process.exitCode = 1
  } finally {
    await platform?.stop()
    await database.stop()
  }
}

/** Resolves at the first signal, or when the process that started this one is gone. */
function stopSignal(): Promise<'signal'> {
  const { promise, resolve: stop } = Promise.withResolvers<'signal'>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop('signal'))
  onParentGone(() => stop('signal'))
  return promise
}

interface OpenDatabase {
  readonly connection: ReturnType<typeof parseDatabaseUrl>
  readonly direct: ReturnType<typeof parseDatabaseUrl>
  readonly ended: Promise<'database'>
  stop(): Promise<void>
}

async function openDatabase({ platform }: Configuration, directory: string): Promise<OpenDatabase> {
  if (platform.databaseUrl !== undefined) {
    const connection = parseDatabaseUrl(platform.databaseUrl)
    return {
      connection,
      direct: platform.databaseDirectUrl
        ? parseDatabaseUrl(platform.databaseDirectUrl)
        : connection,
      ended: new Promise(() => {}),
      stop: async () => {},
    }
  }
  const postgres: RunningPostgres = await startPostgres({
    stateDirectory: resolve(directory, platform.stateDirectory),
    say,
  })
  return {
    connection: postgres.connection,
    direct: postgres.connection,
    ended: postgres.ended.then(() => 'database' as const),
    stop: () => postgres.stop(),
  }
}

async function start(
  definitions: readonly AnyDefinition[],
  { platform, services }: Configuration,
  directory: string,
  database: OpenDatabase,
): Promise<RunningPlatform> {
  const installation = await openInstallation(
    resolve(directory, platform.stateDirectory),
    definitions,
  )
  const applied = await prepareDatabase(database.direct, definitions, installation.passwords)
  for (const one of applied)
    if (one.applied.length > 0) say(`${one.service}: ${one.applied.length} migrations applied`)
  const { user: _user, password: _password, ...server } = database.connection
  return startPlatform({
    definitions,
    configuration: services,
    connections: serviceConnections(server, installation.passwords),
    preparedStatements: platform.preparedStatements,
    keyRing: installation.keyRing,
    log: (service) =>
      createLog({ service, level: platform.logLevel, pretty: process.stdout.isTTY === true }),
    spans: createSpanRing(rememberedSpans),
    realTime: createRealTime(() => Date.now()),
    publicUrl: platform.publicUrl,
    host: platform.host,
    port: (definition) => Number(services.get(definition.name)?.port),
  })
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
}
