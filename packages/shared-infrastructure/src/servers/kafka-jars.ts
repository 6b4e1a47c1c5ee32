// The jars of a Kafka broker, from the repository that Maven is configured with, in the user's cache.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { environment } from '@prognetwork/environment-configuration'
import { findProgram, MissingProgram } from './program.ts'

const pom = join(import.meta.dirname, 'kafka-pom.xml')
const version = '4.1.0'

function kafkaJarsDirectory(): string {
  const cache = environment.XDG_CACHE_HOME ?? join(homedir(), '.cache')
  return join(cache, 'prognetwork', `kafka-${version}`)
}

/** True when a broker can be started without fetching anything. */
export function hasKafka(): boolean {
  return findProgram('java') !== undefined && existsSync(kafkaJarsDirectory())
}

/** Fetches what is not there yet, 43 MB; answers the folder. */
export async function fetchKafkaJars(say: (sentence: string) => void): Promise<string> {
  const directory = kafkaJarsDirectory()
  if (existsSync(directory)) return directory
  const maven = findProgram('mvn')
  if (!maven) throw new MissingProgram('mvn', 'maven')
  say(`Fetching the jars of Kafka ${version} into ${directory}.`)
  // Whole or not there, also when this is interrupted.
  const unfinished = `${directory}.${process.pid}`
  const { status, stdout, stderr } = spawnSync(
    maven,
    ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${unfinished}`],
    { encoding: 'utf8' },
  )
  if (status !== 0) {
    await rm(unfinished, { recursive: true, force: true })
    throw new Error(`Maven could not fetch Kafka: ${stdout}${stderr}`)
  }
  await rename(unfinished, directory).catch(async (error: unknown) => {
    // Somebody else was faster.
    await rm(unfinished, { recursive: true, force: true })
    if (!existsSync(directory)) throw error
  })
  return directory
}
