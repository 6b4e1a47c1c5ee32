import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environment } from '@prognetwork/environment-configuration'
import { findProgram, hasKafka, hasRabbitmq } from '@prognetwork/shared-infrastructure/servers'
import {
  choosePorts,
  endProcess,
  environmentFor,
  freePort,
  runProg,
  startProg,
} from '@prognetwork/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

let env: NodeJS.ProcessEnv
beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'prog-services-'))
  // As root the database runs as another user, who must be able to walk through.
  await chmod(directory, 0o711)
  env = { PATH: environment.PATH, HOME: environment.HOME, STATE_DIRECTORY: directory }
})
afterAll(() => rm(env.STATE_DIRECTORY ?? '', { recursive: true, force: true }))

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

const servers: [name: string, isHere: boolean, missing: string][] = [
  ['redis', findProgram('redis-server') !== undefined, 'needs redis-server'],
  ['kafka', hasKafka(), 'needs Java and the jars that `prog services fetch kafka` brings'],
  ['rabbitmq', hasRabbitmq(), 'needs rabbitmq-server'],
]

test.for(servers)('%s runs on loopback until Ctrl-C', async ([name, isHere, missing], context) => {
  if (!isHere) context.skip(missing)
  const port = await freePort()
  const words = ['services', 'start', name, '--port', String(port)]
  const running = await startProg(words, env, `${name} runs at`)
  expect(await canConnect(port)).toBe(true)
  await endProcess(running, 'SIGINT')
  expect(running.child.exitCode).toBe(0)
  expect(await canConnect(port)).toBe(false)
})

test('a platform that is given what is announced copies its log into that Redis', async (context) => {
  if (!findProgram('redis-server')) context.skip('needs redis-server')
  const port = await freePort()
  const words = ['services', 'start', 'redis', '--port', String(port)]
  const running = await startProg(words, env, 'redis runs at')
  const announced = [...running.output.join('').matchAll(/export (\S+)=(\S+)/g)]
  const ports = await choosePorts()
  const platform = await startProg(['up'], {
    ...environmentFor(undefined, join(env.STATE_DIRECTORY ?? '', 'platform'), ports),
    ...Object.fromEntries(announced.map(([, key, value]) => [key, value])),
  })
  const redis = new Redis(port)
  await vi.waitFor(
    async () => expect(await redis.hkeys('{prognetwork}:watermark')).toContain('published'),
    10_000,
  )
  redis.disconnect()
  await endProcess(platform, 'SIGINT')
  await endProcess(running, 'SIGINT')
  expect(platform.child.exitCode).toBe(0)
})

test('a server that nobody knows is refused by its name', async () => {
  const { code, stderr } = await runProg(['services', 'start', 'oracle'], env)
  expect({ code, stderr: stderr.trim() }).toEqual({
    code: 1,
    stderr: 'there is no oracle to start, only redis, kafka, rabbitmq',
  })
})
