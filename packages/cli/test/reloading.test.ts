import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  choosePorts,
  createTestClient,
  endProcess,
  environmentFor,
  type ProgProcess,
  startProg,
  type TestClient,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

// A real process whose values come from files; each test goes on from where the last one ended.

let folder: string
let platform: ProgProcess
let anonymous: TestClient

/** In one step, so that nobody reads half of it. */
function write(name: string, text: string): void {
  writeFileSync(join(folder, 'next'), text)
  renameSync(join(folder, 'next'), join(folder, name))
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'prog-reload-'))
  chmodSync(folder, 0o711)
  for (const name of ['files', 'elsewhere']) mkdirSync(join(folder, name))
  write('files/per-minute', '5000')
  write('elsewhere/level', 'warn')
  // What a link leads to is in a folder that nobody watches, so only a signal makes it read.
  symlinkSync(join(folder, 'elsewhere/level'), join(folder, 'files/level'))
  const ports = await choosePorts()
  const { API_GATEWAY_DEFAULT_PER_MINUTE: _, ...env } = environmentFor(
    undefined,
    join(folder, 'state'),
    ports,
  )
  platform = await startProg(['up'], {
    ...env,
    API_GATEWAY_DEFAULT_PER_MINUTE_FILE: join(folder, 'files/per-minute'),
    LOG_LEVEL_FILE: join(folder, 'files/level'),
  })
  anonymous = createTestClient(`http://127.0.0.1:${ports.get('api-gateway')}`)
})
afterAll(async () => {
  await endProcess(platform, 'SIGTERM')
  rmSync(folder, { recursive: true, force: true })
})

interface Line {
  readonly level: string
  readonly changed?: readonly string[]
  readonly needRestart?: readonly string[]
  readonly wrong?: readonly string[]
}

/** What the process logged about its configuration, oldest first. */
function told(): Line[] {
  return platform.output
    .join('')
    .split('\n')
    .filter((line) => line.includes('The configuration was read again'))
    .map((line) => JSON.parse(line))
}

async function tells(count: number): Promise<Line | undefined> {
  await vi.waitFor(() => expect(told()).toHaveLength(count), 10_000)
  return told().at(-1)
}

async function limit(): Promise<string> {
  const { headers } = await anonymous.raw('GET', '/api/v1/products')
  return String(headers['ratelimit-policy'])
}

test('SIGHUP reads again: the level of the log takes effect, and the swap is told', async () => {
  write('elsewhere/level', 'info')
  platform.child.kill('SIGHUP')
  expect(await tells(1)).toMatchObject({ level: 'info', changed: ['LOG_LEVEL'], needRestart: [] })
})

test('a changed file gives the gateway its new limit', async () => {
  expect(await limit()).toContain('q=5000')
  write('files/per-minute', '70')
  expect(await tells(2)).toMatchObject({ changed: ['API_GATEWAY_DEFAULT_PER_MINUTE'] })
  expect(await limit()).toContain('q=70;')
})

test('a bad value is told once, with its key and reason, and the old one stays', async () => {
  write('files/per-minute', 'many')
  const warned = await tells(3)
  expect(warned).toMatchObject({ level: 'warn', needRestart: [] })
  expect(warned?.wrong).toEqual([
    expect.stringMatching(/^API_GATEWAY_DEFAULT_PER_MINUTE \(file .*\): expected/),
  ])
  expect(await limit()).toContain('q=70;')
  write('files/per-minute', '80')
  expect(await tells(4)).toMatchObject({ level: 'info' })
  expect(await limit()).toContain('q=80;')
})
