// What processes of one platform know of each other: where each service listens and the public
// half of its key (services.json, for everybody), and its own secrets (one file each, 0600).
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { RolePasswords } from '../database/bootstrap.ts'
import { rolesOf } from '../database/ownership.ts'
import type { AnyDefinition } from '../service/definition.ts'

const publicKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
})
const directorySchema = z.record(z.string(), z.object({ url: z.url(), publicKey: publicKeySchema }))
const secretsSchema = z.object({
  privateKey: publicKeySchema.extend({ d: z.string() }),
  databasePasswords: z.record(z.string(), z.string()),
})

/** The services of a platform whose parts run in processes of their own. */
export interface ServiceDirectory {
  /** Where a service listens; throws for a name that is not in the directory. */
  urlOf(service: string): string
  publicKeyOf(service: string): KeyObject | undefined
}

/** What one service keeps to itself. */
export interface ServiceSecrets {
  readonly privateKey: KeyObject
  readonly databasePasswords: RolePasswords
}

/**
 * Writes services.json and each service's key file, keeping keys that are there already.
 * Addresses are loopback and the definition's port; configuration can name others.
 */
export async function writeServiceDirectory(
  stateDirectory: string,
  definitions: readonly AnyDefinition[],
  passwords: RolePasswords,
): Promise<void> {
  await mkdir(join(stateDirectory, 'services'), { recursive: true, mode: 0o700 })
  const entries = await Promise.all(
    definitions.map(async (definition) => {
      const privateKey = await writeSecrets(stateDirectory, definition, passwords)
      const { kty, crv, x } = privateKey
      return [
        definition.name,
        { url: `http://127.0.0.1:${definition.port}`, publicKey: { kty, crv, x } },
      ] as const
    }),
  )
  await replace(join(stateDirectory, 'services.json'), Object.fromEntries(entries), 0o644)
}

async function writeSecrets(
  stateDirectory: string,
  definition: AnyDefinition,
  passwords: RolePasswords,
) {
  const path = secretsPath(stateDirectory, definition.name)
  const existing = await readJson(path)
  const privateKey = existing
    ? secretsSchema.parse(existing).privateKey
    : secretsSchema.shape.privateKey.parse(
        generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
      )
  const { service, platform } = rolesOf(definition.name)
  const own = Object.entries(passwords).filter(
    ([role]) =>
      role === service ||
      role === platform ||
      role === definition.database?.queue?.role ||
      definition.database?.extraRoles?.includes(role),
  )
  const databasePasswords = definition.database ? Object.fromEntries(own) : {}
  await replace(path, { privateKey, databasePasswords }, 0o600)
  return privateKey
}

/** Reads services.json; `urls` overrides where a service is (`USER_SERVICE_URL`). */
export async function readServiceDirectory(
  stateDirectory: string,
  urls: ReadonlyMap<string, string> = new Map(),
): Promise<ServiceDirectory> {
  const path = join(stateDirectory, 'services.json')
  const content = await readJson(path)
  if (content === undefined) throw new Error(`${path} is not there; run \`prog bootstrap\` first`)
  const services = directorySchema.parse(content)
  const keys = new Map(
    Object.entries(services).map(
      ([name, { publicKey }]) =>
        [name, createPublicKey({ key: publicKey, format: 'jwk' })] as const,
    ),
  )
  return {
    urlOf(service) {
      const url = urls.get(service) ?? services[service]?.url
      if (url === undefined) throw new Error(`${path} does not name ${service}`)
      return url
    },
    publicKeyOf: (service) => keys.get(service),
  }
}

export async function readServiceSecrets(
  stateDirectory: string,
  service: string,
): Promise<ServiceSecrets> {
  const path = secretsPath(stateDirectory, service)
  const content = await readJson(path)
  if (content === undefined) throw new Error(`${path} is not there; run \`prog bootstrap\` first`)
  const { privateKey, databasePasswords } = secretsSchema.parse(content)
  return { privateKey: createPrivateKey({ key: privateKey, format: 'jwk' }), databasePasswords }
}

function secretsPath(stateDirectory: string, service: string): string {
  return join(stateDirectory, 'services', `${service}.json`)
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new Error(`${path} cannot be read as JSON`, { cause: error })
  }
}

/** A reader sees the old file or the new one, never half of it. */
async function replace(path: string, content: object, mode: number): Promise<void> {
  const temporary = `${path}.${process.pid}`
  await writeFile(temporary, JSON.stringify(content, null, 2), { mode, flush: true })
  await chmod(temporary, mode)
  await rename(temporary, path)
}
