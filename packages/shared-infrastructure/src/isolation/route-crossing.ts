// Finds every operation of every contract and tries, with all that a tenant can have, to reach
// through it what is another tenant's. Nothing is listed here by name: what is tried follows from
// the contracts, and what there is to reach from the services' fixtures.
import type { NamedOperation } from '@prognetwork/contracts'
import { isOfPlatform } from '@prognetwork/contracts/user'
import type pg from 'pg'
import type { AnyDefinition } from '../service/definition.ts'
import { type Answer, shownIn } from './answers.ts'
import type { Approach } from './approach.ts'
import { attemptsOn, type Made } from './attempts.ts'
import { createCrossing, isRead, type Trial, tryAimed, tryOwn } from './crossing.ts'
import { createFindings, type Findings, nameOf } from './route-findings.ts'
import type { Leak } from './schema-laws.ts'
import { createRowReader, identifiersOf } from './tenant-rows.ts'

/** A tenant with all that the fixtures made for it, and every way in that it has. */
export interface TriedTenant {
  readonly tenantId: string
  /** The text that its fixtures planted. */
  readonly marker: string
  readonly made: Made
  /** Over HTTP, for what the outside may call. */
  readonly approaches: readonly Approach[]
  /** As this service calls others while it works for the tenant. */
  asService(caller: string): readonly Approach[]
}

export interface RouteProof {
  readonly leaks: readonly Leak[]
  readonly operations: number
  /** Places that take a typed id. */
  readonly places: number
  /** Requests under the one tenant; those that only compare are left out. */
  readonly attempts: number
  /** Operations that let in nobody but operators of the platform. */
  readonly forOperators: readonly string[]
  /** Reads that show nothing of a tenant to itself either, so that their silence says little. */
  readonly showNothing: readonly string[]
}

/** Tries everything that `mine` can send on what `theirs` has. */
export async function proveRoutes(options: {
  /** Sees the rows of every tenant. */
  readonly admin: pg.ClientBase
  readonly definitions: readonly AnyDefinition[]
  readonly mine: TriedTenant
  readonly theirs: TriedTenant
}): Promise<RouteProof> {
  const { admin, definitions, mine, theirs } = options
  const findings = createFindings()
  const trials = definitions
    .flatMap((one) => Object.values<NamedOperation>(one.contract.operations))
    .map((operation) => trialOf(operation, mine, theirs))
  for (const { operation, gaps } of trials) for (const gap of gaps) findings.add({ operation }, gap)

  const rows = await createRowReader(admin, definitions)
  const planted = await rows.read(theirs.tenantId, peopleOf(theirs))
  if (planted.own.size === 0) throw new Error('the rows of the other tenant cannot be read')
  const secrets = identifiersOf(planted, await rows.read(mine.tenantId, peopleOf(mine)))
    .add(theirs.marker)
    .add(theirs.tenantId)
  const showNothing = await showOwn(trials, theirs, secrets, findings)

  const crossing = createCrossing({
    secrets,
    findings,
    // What the tenant has just read of its own may have left audit rows.
    before: await rows.settle(theirs.tenantId, peopleOf(theirs)),
    rows: () => rows.read(theirs.tenantId, peopleOf(theirs)),
  })
  const reads = trials.filter(isRead)
  const writes = trials.filter((one) => !isRead(one))
  const removals = writes.filter((one) => one.operation.method === 'DELETE')
  for (const trial of reads) await tryOwn(crossing, trial)
  // Reads before writes, which might take away what reads would have shown.
  for (const trial of [...reads, ...writes]) await tryAimed(crossing, trial)
  // What works on the tenant's own comes last, and what removes it after everything else.
  for (const trial of [...writes.filter((one) => !removals.includes(one)), ...removals])
    await tryOwn(crossing, trial)
  for (const trial of trials) judgeAdmission(trial, crossing.admitted.has(trial), findings)
  return {
    leaks: findings.all(),
    operations: trials.length,
    places: trials.reduce((sum, one) => sum + one.places.length, 0),
    attempts: crossing.attempts(),
    forOperators: trials.filter((one) => one.isForOperators).map((one) => nameOf(one.operation)),
    showNothing,
  }
}

function trialOf(operation: NamedOperation, mine: TriedTenant, theirs: TriedTenant): Trial {
  const { auth } = operation.shape
  const ways = (tenant: TriedTenant) =>
    'service' in auth
      ? auth.service.flatMap((caller) => tenant.asService(caller))
      : tenant.approaches
  return {
    ...attemptsOn(operation, mine.made, theirs.made),
    operation,
    isForOperators: 'permission' in auth && isOfPlatform(auth.permission),
    mine: ways(mine),
    theirs: ways(theirs),
  }
}

const peopleOf = ({ made }: TriedTenant): readonly string[] => [
  ...(made.account ?? []),
  ...(made.session ?? []),
]

/**
 * What reads show the tenant that everything belongs to. An id that its own tenant cannot read
 * proves nothing when another cannot either.
 */
async function showOwn(
  trials: readonly Trial[],
  theirs: TriedTenant,
  secrets: ReadonlySet<string>,
  findings: Findings,
): Promise<string[]> {
  const showNothing: string[] = []
  for (const trial of trials.filter((one) => isRead(one) && !one.isForOperators)) {
    const { operation, places, gaps } = trial
    if (gaps.length > 0) continue
    const inputs = attemptsOn(operation, theirs.made, theirs.made)
    const answers: Answer[] = []
    for (const approach of trial.theirs)
      for (const input of [...inputs.own, ...inputs.aimed.map((one) => one.input)])
        answers.push(await approach.send(operation, input))
    if (places.length > 0 && !answers.some(({ status }) => status < 300))
      findings.add({ operation }, 'refuses the ids of the tenant they belong to: nothing was shown')
    if (!answers.some(({ text }) => shownIn(text, secrets).length > 0))
      showNothing.push(nameOf(operation))
  }
  return showNothing
}

function judgeAdmission(
  { operation, isForOperators, gaps }: Trial,
  admitted: boolean,
  findings: Findings,
): void {
  if (isForOperators && admitted)
    findings.add({ operation }, 'is for operators of the platform and let a tenant in')
  if (!isForOperators && !admitted && gaps.length === 0)
    findings.add({ operation }, 'let in nobody who tried: nothing was shown')
}
