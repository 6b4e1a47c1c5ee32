import { availableParallelism } from 'node:os'
import { createTestClient, testPassword } from '@prognetwork/testing'
import { createPasswords } from '../services/user-service/src/passwords/passwords.ts'
import { atLeast, atMost, type Figure, informs } from './figure.ts'
import { load } from './load.ts'
import { accessToken, makeOperator, makePeople, withoutLimits } from './people.ts'
import { removeState, startServer, temporaryState } from './server-process.ts'

const seconds = 5
const people = 16

/** Sign-ins against what the hash alone allows in the same run; what a request with a token costs. */
export async function run(): Promise<Figure[]> {
  const state = await temporaryState()
  const server = await startServer(state, withoutLimits)
  try {
    const emails = await makePeople(server, await makeOperator(server), people)
    const ceiling = await hashesPerSecond()
    const signIns = await load(server.origin, {
      connections: people,
      seconds,
      status: 201,
      next: (worker) => ({
        method: 'POST',
        path: '/api/v1/sessions',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: emails[worker], password: testPassword }),
      }),
    })
    const { perSecond } = signIns
    const anonymous = createTestClient(server.origin)
    const token = await accessToken(anonymous, emails[0] ?? '')
    const before = server.cpuSeconds()
    const checks = await load(server.origin, {
      connections: 32,
      seconds,
      status: 200,
      next: () => ({
        method: 'GET',
        path: '/api/v1/me/permissions',
        headers: { authorization: `Bearer ${token}` },
      }),
    })
    const cpuMs = ((server.cpuSeconds() - before) / checks.requests) * 1_000
    return [
      informs('hashes alone, this run', ceiling, '/s'),
      informs('sign-ins', perSecond, '/s'),
      atLeast('sign-ins, share of the hash ceiling', perSecond / ceiling, 0.8, ''),
      atMost('a request with an access token, CPU of the Node process', cpuMs, 0.3, 'ms'),
    ]
  } finally {
    await server.stop()
    await removeState(state)
  }
}

async function hashesPerSecond(): Promise<number> {
  const passwords = await createPasswords()
  const stored = await passwords.hash(testPassword)
  const started = performance.now()
  let count = 0
  const work = async () => {
    while (performance.now() - started < seconds * 1_000) {
      await passwords.verify(stored, testPassword)
      count++
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return count / ((performance.now() - started) / 1_000)
}
