import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { services } from '@prognetwork/testing'
import { beforeAll, describe, expect, test } from 'vitest'

const proofMs = 300_000

interface Proof {
  readonly holds: boolean
  readonly findings: readonly { readonly where: string; readonly what: string }[]
  readonly rows: { readonly tried: readonly string[] }
  readonly routes: {
    readonly operations: number
    readonly places: number
    readonly attempts: number
    readonly forOperators: readonly string[]
  }
  readonly exceptions: readonly object[]
}

/** Runs a program to its end. */
function run(program: URL, ...words: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [fileURLToPath(program), ...words], (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout === '' ? stderr : stdout }),
    )
  })
}

const prog = new URL('../../cli/src/main.ts', import.meta.url)
const withLeaks = new URL('./leaky-service/prove.ts', import.meta.url)

describe('the platform', () => {
  let proof: Proof
  let code: number
  beforeAll(async () => {
    const ended = await run(prog, 'prove', 'isolation', '--json')
    proof = JSON.parse(ended.output)
    code = ended.code
  }, proofMs)

  test('lets no tenant reach another by any table or any operation', () => {
    expect(proof.findings).toEqual([])
    expect(proof.holds).toBe(true)
    expect(code).toBe(0)
  })

  test('was tried by every operation, every place of an id and the rows of its tables', () => {
    const declared = services.flatMap((one) => Object.keys(one.contract.operations))
    expect(proof.routes.operations).toBe(declared.length)
    expect(proof.routes.places).toBeGreaterThan(10)
    expect(proof.routes.attempts).toBeGreaterThan(declared.length * 3)
    expect(proof.rows.tried).toEqual(
      expect.arrayContaining([
        'tenant_service.tenant',
        'user_service.account',
        'user_service.acting_session',
        'user_service.api_key',
        'user_service.credential',
        'user_service.invitation',
        'user_service.membership',
        'user_service.role',
        'user_service.session',
      ]),
    )
  })

  test('lets in operators alone where a permission over the platform is asked for', () => {
    expect(proof.routes.forOperators).toEqual(
      expect.arrayContaining([expect.stringContaining('suspendTenant')]),
    )
  })
})

describe('a service that forgets tenants', () => {
  let proof: Proof
  let code: number
  const foundIn = (operation: string) =>
    proof.findings.flatMap(({ where, what }) => {
      const [, pointer = ''] = where.split(' at ')
      const found = `${pointer} ${what.replace(/ \(.*$/, '')}`.trim()
      return where.startsWith(`leaky-service.${operation},`) ? [found] : []
    })
  beforeAll(async () => {
    const ended = await run(withLeaks)
    proof = JSON.parse(ended.output)
    code = ended.code
  }, proofMs)

  test('makes the command fail', () => {
    expect(proof.holds).toBe(false)
    expect(code).toBe(1)
  })

  const shows = "shows what is another tenant's"
  const tells = "tells another tenant's id from one that nobody has"
  const changes = "changes another tenant's rows in leaky_service.thing"
  const planted: readonly [string, string, readonly string[]][] = [
    [
      'a route that forgets the scope',
      'readAnyThing',
      [`/params/thingId ${shows}`, `/params/thingId ${tells}`],
    ],
    ['a list that leaks, on whatever page', 'listAllThings', [shows]],
    [
      'a route that forgets the scope of an id deep in its body',
      'findThings',
      [`/body/filters/*/anyOf/* ${shows}`, `/body/filters/*/anyOf/* ${tells}`],
    ],
    ['a write that crosses and denies it', 'renameAnyThing', [`/params/thingId ${changes}`]],
    ['a write that crosses without an id', 'touchThings', [changes]],
    ['a refusal that says that something is there', 'reserveThing', [`/params/thingId ${tells}`]],
    [
      "a fault over another tenant's thing",
      'breakThing',
      ['/params/thingId answers 500', `/params/thingId ${tells}`],
    ],
    [
      'an answer to another service that forgets whom it works for',
      'lookUpThing',
      [`/params/thingId ${shows}`, `/params/thingId ${tells}`],
    ],
    [
      'an id that no fixture makes',
      'readGhost',
      ['takes the id of a ghost at /params/ghostId, and no fixture makes one'],
    ],
    [
      'a place that its example does not show',
      'moveThing',
      ['cannot be tried at /body/target/thingId: its example shows nothing there'],
    ],
    [
      'an operation that nobody was let into',
      'useThing',
      ['let in nobody who tried: nothing was shown'],
    ],
  ]
  test.each(planted)('is found out: %s', (_, operation, found) => {
    expect(foundIn(operation)).toEqual(found)
  })

  test.each(['readThing', 'listThings', 'renameThing', 'readEveryThing'])(
    'is not accused of what it keeps apart: %s',
    (operation) => {
      expect(foundIn(operation)).toEqual([])
    },
  )

  test('is accused of nothing that other services do', () => {
    const others = proof.findings.filter(({ where }) => !where.startsWith('leaky-service.'))
    expect(others).toEqual([])
  })

  test('is allowed what it declares, and that is shown with its reason', () => {
    expect(proof.exceptions).toContainEqual({
      table: 'leaky_service.thing',
      role: 'leaky_service_platform',
      reason: 'the test leaks through it',
    })
  })
})

test('only what there is a proof of can be proved', async () => {
  expect(await run(prog, 'prove', 'nothing')).toEqual({
    code: 1,
    output: 'there is no proof of nothing\n',
  })
})
