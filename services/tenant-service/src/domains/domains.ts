import { randomBytes } from 'node:crypto'
import type { Context, Output, Transaction } from '@prognetwork/contracts'
import {
  type DomainFinding,
  domainExists,
  domainMissing,
  domainRecordMissing,
  domainRecordWrong,
  domainsTooMany,
  domainTaken,
  type tenantContract,
  tenantDomainLapsed,
  tenantDomainRemoved,
  tenantDomainVerified,
  tenantMissing,
} from '@prognetwork/contracts/tenant'
import {
  type Audit,
  type Database,
  type EventPublisher,
  type Handlers,
  type JobContext,
  newId,
  type PlatformDoor,
  Problem,
  type RealTime,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { firstCheckMs, nextOf } from './domain-life.ts'
import { normaliseDomain } from './domain-name.ts'
import {
  type Domain,
  deleteDomain,
  findDomain,
  insertDomain,
  listDomains,
  listDue,
  lockDomain,
  lockTenant,
  setChecked,
} from './domains.store.ts'
import type { TxtRecords } from './txt-records.ts'

type TenantHandlers = Handlers<typeof tenantContract>
type Shown = Output<typeof tenantContract.operations.verifyDomain>
type Claim = Pick<Domain, 'id' | 'name' | 'token'>

const maxDomains = 20
/** What one round of the job looks at, and how much of it at once; servers may be slow. */
const perRound = 24
const atOnce = 8

/**
 * Domains of tenants, shown to be theirs by a TXT record that only the owner of the zone can set.
 * Any tenant may claim any name; the first whose record is found has it, until it lapses.
 */
export function createDomains(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly audit: Audit
  readonly records: TxtRecords
  readonly publicUrl: string
  readonly realTime: RealTime
}) {
  const { db, platform, events, audit, records, realTime } = parts
  const platformHost = new URL(parts.publicUrl).hostname

  const add: TenantHandlers['addDomain'] = async (ctx, { body }) => {
    const name = normaliseDomain(body.name, platformHost)
    const domain: Domain = {
      id: newId(),
      name,
      state: 'pending',
      token: randomBytes(16).toString('base64url'),
      lastFinding: null,
      checkedAt: null,
      verifiedAt: null,
      createdAt: ctx.now,
    }
    return db.transaction(ctx, async (tx) => {
      const [tenant] = await tx.run(lockTenant())
      if (!tenant) throw new Problem(tenantMissing, 'The platform itself is no tenant of this list')
      const own = await tx.run(listDomains())
      if (own.some((one) => one.name === name))
        throw new Problem(domainExists, `Look at ${name} in the list of domains`)
      if (own.length >= maxDomains)
        throw new Problem(domainsTooMany, `Remove one of the ${maxDomains} first`)
      const answer = shown(domain)
      await tx.batch([
        insertDomain(domain.id, name, domain.token, realTime.now(firstCheckMs), ctx.now),
        audit(ctx, {
          action: 'tenant.domain_added',
          outcome: 'success',
          resource: `domain/${domain.id}`,
          detail: { domain: name },
        }),
        ctx.answer(answer),
      ])
      return answer
    })
  }

  const list: TenantHandlers['listDomains'] = async (ctx) => ({
    items: (await db.read(ctx, listDomains())).map(shown),
  })

  /** What follows from a finding, told to others when it changes whose the domain is. */
  async function note(
    ctx: Context,
    tx: Transaction,
    id: string,
    finding: DomainFinding,
  ): Promise<Domain> {
    const [before] = await tx.run(lockDomain(id))
    if (!before) throw missing()
    const { state, failingSince, nextCheckAt } = nextOf(before, finding, realTime.nowMs())
    const now = realTime.now()
    const [after] = await tx.run(setChecked(id, state, finding, now, failingSince, nextCheckAt))
    if (!after) throw new Error('the domain just locked is not there')
    if (state === before.state || state === 'pending') return after
    const event = { verified: tenantDomainVerified, lapsed: tenantDomainLapsed }[state]
    const { tenantId } = ctx.scope
    await tx.batch([
      await events.put(ctx, event, { tenantId, domain: before.name }),
      audit(ctx, {
        action: event.type,
        outcome: 'success',
        resource: `domain/${id}`,
        detail: { domain: before.name, finding },
      }),
    ])
    return after
  }

  /** Looks at the record and keeps what was found. */
  async function check(ctx: Context, claim: Claim) {
    const { finding, cause } = await records.look(recordName(claim.name), recordValue(claim.token))
    const keep = (found: DomainFinding) =>
      db.transaction(ctx, (tx) => note(ctx, tx, claim.id, found))
    try {
      return { domain: await keep(finding), finding, cause }
    } catch (error) {
      if (!isTaken(error)) throw error
      return { domain: await keep('taken'), finding: 'taken' as const, cause }
    }
  }

  const verify: TenantHandlers['verifyDomain'] = async (ctx, { params }) => {
    const [claim] = await db.read(ctx, findDomain(params.domainId))
    if (!claim) throw missing()
    const { domain, finding, cause } = await check(ctx, claim)
    if (finding !== 'record_found') throw failureOf(domain, finding, cause)
    return shown(domain)
  }

  const remove: TenantHandlers['removeDomain'] = async (ctx, { params }) => {
    await db.transaction(ctx, async (tx) => {
      const [gone] = await tx.run(deleteDomain(params.domainId))
      if (!gone) throw missing()
      const { tenantId } = ctx.scope
      await tx.batch([
        await events.put(ctx, tenantDomainRemoved, { tenantId, domain: gone.name }),
        audit(ctx, {
          action: tenantDomainRemoved.type,
          outcome: 'success',
          resource: `domain/${params.domainId}`,
          detail: { domain: gone.name },
        }),
      ])
    })
  }

  /** Looks at the records whose time has come, of every tenant. */
  async function checkDue({ ctx, forTenant, log }: JobContext): Promise<void> {
    const due = await platform.read(ctx, 'check domains', listDue(realTime.now(), perRound))
    for (let start = 0; start < due.length; start += atOnce) {
      const round = due.slice(start, start + atOnce)
      const results = await Promise.allSettled(
        round.map(({ tenantId, ...claim }) => check(forTenant(tenantId), claim)),
      )
      // Removed meanwhile is no failure.
      for (const [index, result] of results.entries())
        if (result.status === 'rejected' && !(result.reason instanceof Problem))
          log.warn({ error: result.reason, domainId: round[index]?.id }, 'A domain was not checked')
    }
  }

  return { add, list, verify, remove, checkDue }
}

function recordName(domain: string): string {
  return `_prognetwork.${domain}`
}

function recordValue(token: string): string {
  return `prognetwork-verification=${token}`
}

/** A domain as its tenant sees it. */
function shown({ token, ...domain }: Domain): Shown {
  const { name } = domain
  return {
    ...domain,
    record: { type: 'TXT', name: recordName(name), value: recordValue(token) },
  }
}

/** Each failure says what to do next; of a server that said nothing the caller is told to wait. */
function failureOf(
  { name, token }: Domain,
  finding: Exclude<DomainFinding, 'record_found'>,
  cause: unknown,
): Error {
  const place = recordName(name)
  switch (finding) {
    case 'unreachable':
      return new Unavailable('the name service', { cause, retryAfterSeconds: 30 })
    case 'taken':
      return new Problem(domainTaken, `Ask whoever owns the zone of ${name}`)
    case 'record_missing':
      return new Problem(
        domainRecordMissing,
        `Set a TXT record at ${place} to ${recordValue(token)}; a new one can take an hour to show`,
      )
    case 'value_wrong':
      return new Problem(domainRecordWrong, `One of ${place} must be ${recordValue(token)}`)
  }
}

function missing(): Problem {
  return new Problem(domainMissing, 'Look at the list of domains')
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'domain_verified'
}
