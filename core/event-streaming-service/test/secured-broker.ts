// Brokers that speak TLS and ask for a password. Certificates are made for the test; who signs them
// and what the password is can change while the platform goes on with what it was configured with.
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TransportSettings } from '@prognetwork/event-based-service-client'
import { findProgram, startKafka, startRedis } from '@prognetwork/shared-infrastructure/servers'
import { freePort } from '@prognetwork/testing'
import { type Broker, type BrokerKind, startBroker } from './broker-under-test.ts'

export interface SecuredBroker extends Broker {
  /** It starts again, with another password or a certificate that somebody else has signed. */
  change(to: Partial<Secrets>): Promise<void>
}

export interface Secrets {
  readonly password: string
  readonly signer: 'known' | 'unknown'
}

/** Why these tests cannot run here, where certificates cannot be made. */
export const opensslMissing = findProgram('openssl')
  ? undefined
  : 'needs openssl from the package of that name'

type KafkaSettings = Extract<TransportSettings, { kind: 'kafka' }>
export type Mechanism = NonNullable<KafkaSettings['sasl']>['mechanism']

const username = 'platform'
/** What the platform is configured with. */
export const password = 'right-password'
const loopback = '127.0.0.1'

async function startSecured(
  kindOf: (secrets: () => Secrets, directory: string, ca: string) => BrokerKind,
): Promise<SecuredBroker> {
  const directory = await mkdtemp(join(tmpdir(), 'secured-'))
  await Promise.all((['known', 'unknown'] as const).map((signer) => makeFiles(directory, signer)))
  const ca = await readFile(join(directory, 'known-ca.pem'), 'utf8')
  let secrets: Secrets = { password, signer: 'known' }
  const broker = await startBroker(kindOf(() => secrets, directory, ca))
  return {
    ...broker,
    async change(to) {
      secrets = { ...secrets, ...to }
      await broker.restart()
    },
    async stop() {
      await broker.stop()
      await rm(directory, { recursive: true })
    },
  }
}

export function startSecuredRedis(): Promise<SecuredBroker> {
  return startSecured((secrets, files, ca) => ({
    start: ({ directory, port }) =>
      startRedis({
        ...{ directory, port },
        settings: {
          ...{ port: '0', 'tls-port': String(port), 'tls-auth-clients': 'no' },
          'tls-cert-file': join(files, `${secrets().signer}.pem`),
          'tls-key-file': join(files, `${secrets().signer}.key`),
          'tls-ca-cert-file': join(files, `${secrets().signer}-ca.pem`),
          requirepass: secrets().password,
        },
      }),
    settings: (port, prefix) => ({
      ...{ kind: 'redis', prefix, keptEvents: 100_000, ca },
      url: `rediss://:${password}@${loopback}:${port}`,
    }),
  }))
}

export async function startSecuredKafka(mechanism: () => Mechanism): Promise<SecuredBroker> {
  const [controllerPort, insidePort] = [await freePort(), await freePort()]
  return startSecured((secrets, files, ca) => ({
    start: (ports) =>
      startKafka({
        ...{ ...ports, controllerPort },
        scram: `SCRAM-SHA-512=[name=${username},password=${password}]`,
        properties: securityOf(ports, { controllerPort, insidePort }, secrets(), files),
      }),
    settings: (port, prefix) => ({
      ...{ kind: 'kafka', brokers: [`${loopback}:${port}`], prefix, tls: { ca } },
      sasl: { mechanism: mechanism(), username, password },
    }),
  }))
}

/** What brokers say among themselves is not what is tried here. */
function securityOf(
  { port, advertisedPort }: { readonly port: number; readonly advertisedPort: number },
  { controllerPort, insidePort }: { readonly controllerPort: number; readonly insidePort: number },
  secrets: Secrets,
  files: string,
) {
  const inside = `INSIDE://${loopback}:${insidePort}`
  const loginModules = 'org.apache.kafka.common.security'
  return {
    listeners: `SASL_SSL://${loopback}:${port},${inside},CONTROLLER://${loopback}:${controllerPort}`,
    'advertised.listeners': `SASL_SSL://${loopback}:${advertisedPort},${inside}`,
    'inter.broker.listener.name': 'INSIDE',
    'listener.security.protocol.map': 'SASL_SSL:SASL_SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
    'listener.name.sasl_ssl.plain.sasl.jaas.config': `${loginModules}.plain.PlainLoginModule required user_${username}="${secrets.password}";`,
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': `${loginModules}.scram.ScramLoginModule required;`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': join(files, `${secrets.signer}-both.pem`),
  }
}

/** A certificate for this machine, signed by an authority of its own. */
async function makeFiles(directory: string, signer: Secrets['signer']): Promise<void> {
  const file = (name: string) => join(directory, name)
  const [caKey, caFile] = [file(`${signer}-ca.key`), file(`${signer}-ca.pem`)]
  const [key, certificate] = [file(`${signer}.key`), file(`${signer}.pem`)]
  openssl('-subj', `/CN=${signer} authority`, '-keyout', caKey, '-out', caFile)
  openssl(
    ...['-CA', caFile, '-CAkey', caKey, '-subj', '/CN=localhost', '-keyout', key],
    ...['-out', certificate, '-addext', `subjectAltName=DNS:localhost,IP:${loopback}`],
  )
  const both = [await readFile(key, 'utf8'), await readFile(certificate, 'utf8')]
  await writeFile(file(`${signer}-both.pem`), both.join(''))
}

function openssl(...words: string[]): void {
  const sort = ['req', '-x509', '-days', '2', '-nodes', '-newkey', 'ec']
  const curve = ['-pkeyopt', 'ec_paramgen_curve:P-256']
  const { status, stderr } = spawnSync('openssl', [...sort, ...curve, ...words], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`)
}
