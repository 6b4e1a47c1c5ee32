import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fetchKafkaJars } from './kafka-jars.ts'
import { findProgram, MissingProgram } from './program.ts'
import { answersOn, loopback, type ServerProcess, startServerProcess } from './server-process.ts'

const memory = '-Xmx512m'

/** A Kafka broker that is its own controller, with its data in a folder. Needs Java 17 or later. */
export async function startKafka(options: {
  readonly directory: string
  readonly port: number
  /** Where its controller listens; nobody else connects there. */
  readonly controllerPort: number
  /** Where clients are told to find it, when something stands in between. */
  readonly advertisedPort?: number
  /** Of the broker, in place of what it is given else. */
  readonly properties?: Readonly<Record<string, string>>
  /** A user that a new folder begins with: `SCRAM-SHA-512=[name=...,password=...]`. */
  readonly scram?: string
  readonly say?: (sentence: string) => void
}): Promise<ServerProcess> {
  const { directory, port, advertisedPort = port } = options
  const java = findProgram('java')
  if (!java) throw new MissingProgram('java', 'default-jre-headless')
  const jars = await fetchKafkaJars(options.say ?? (() => {}))
  await mkdir(directory, { recursive: true })
  const properties = join(directory, 'server.properties')
  await writeFile(properties, propertiesOf({ ...options, advertisedPort }))
  const classPath = join(jars, '*')
  if (!existsSync(join(directory, 'data', 'meta.properties'))) {
    const id = randomBytes(16).toString('base64url').replaceAll('-', 'a')
    const words = ['format', '-t', id, '-c', properties]
    if (options.scram) words.push('--add-scram', options.scram)
    const { status, stdout, stderr } = spawnSync(
      java,
      ['-cp', classPath, 'kafka.tools.StorageTool', ...words],
      { cwd: directory, encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(`Kafka could not format its folder: ${stdout}${stderr}`)
  }
  const url = `${loopback}:${advertisedPort}`
  return startServerProcess({
    ...{ directory, port, url },
    command: [java, memory, '-XX:+UseSerialGC', '-cp', classPath, 'kafka.Kafka', properties],
    environment: { EVENT_TRANSPORT: 'kafka', KAFKA_BROKERS: url },
    isReady: () => answersOn(port),
  })
}

function propertiesOf(ports: {
  readonly directory: string
  readonly port: number
  readonly controllerPort: number
  readonly advertisedPort: number
  readonly properties?: Readonly<Record<string, string>>
}): string {
  const controller = `${loopback}:${ports.controllerPort}`
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    listeners: `PLAINTEXT://${loopback}:${ports.port},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${loopback}:${ports.advertisedPort}`,
    'controller.quorum.voters': `1@${controller}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(ports.directory, 'data'),
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    // One is enough for one machine, and quicker to make.
    'transaction.state.log.num.partitions': '1',
    'offsets.topic.num.partitions': '1',
    'auto.create.topics.enable': 'false',
    // After a kill it takes so long until it may come back.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500',
    ...ports.properties,
  }
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}
