// The chain over each tenant's audit rows. Rows are written unchained, because a chain under a lock
// would make every audited action of a tenant wait for the one before; one sealer chains them
// afterwards, in batches, once no transaction can add a row before them any more.
import { createHash } from 'node:crypto'
import type { Context, Transaction } from '@prognetwork/contracts'
import type { PlatformDoor } from './platform-door.ts'
import { command, statement } from './statement.ts'

const lot = 1_000

interface AuditRow {
  readonly tenantId: string
  readonly id: string
  /** The row as text, every column but the mark of the sealer. */
  readonly content: string
}

const content = `jsonb_build_array(a.tenant_id, a.id, a.at, a.action, a.outcome, a.subject, a.actor,
  a.resource, a.detail, a.address, a.trace_id)::text`

/** Behind the horizon: what was read before it can never be followed by an earlier row. */
const takeUnsealed = statement<AuditRow, [limit: number]>(
  'audit.take_unsealed',
  `select a.tenant_id as "tenantId", a.id, ${content} as content from audit a
   where not a.sealed and a.xid < pg_snapshot_xmin(pg_current_snapshot())
   order by a.tenant_id, a.xid, a.id limit $1`,
)

const findHeads = statement<
  { tenantId: string; position: number; digest: Buffer },
  [tenants: readonly string[]]
>(
  'audit_seal.heads',
  `select distinct on (tenant_id) tenant_id as "tenantId", position, digest from audit_seal
   where tenant_id = any ($1::uuid[]) order by tenant_id, position desc`,
)

const insertSeals = command<
  [
    tenants: readonly string[],
    positions: readonly number[],
    ids: readonly string[],
    digests: readonly Buffer[],
  ]
>(
  'audit_seal.insert',
  `insert into audit_seal (tenant_id, position, audit_id, digest)
   select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[])`,
)

const markSealed = command<[tenants: readonly string[], ids: readonly string[]]>(
  'audit.mark_sealed',
  `update audit a set sealed = true
   from unnest($1::uuid[], $2::uuid[]) as taken (tenant_id, id)
   where a.tenant_id = taken.tenant_id and a.id = taken.id`,
)

/** Chains what has been written since; two sealers at once collide and one starts over. */
export async function sealAudit(platform: PlatformDoor, ctx: Context): Promise<void> {
  for (;;) {
    const sealed = await platform.transaction(ctx, 'seal the audit trail', sealLot)
    if (sealed < lot) return
  }
}

async function sealLot(tx: Transaction): Promise<number> {
  const rows = await tx.run(takeUnsealed(lot))
  if (rows.length === 0) return 0
  const tenants = rows.map((row) => row.tenantId)
  const heads = new Map(
    (await tx.run(findHeads([...new Set(tenants)]))).map((head) => [head.tenantId, head]),
  )
  const positions: number[] = []
  const digests: Buffer[] = []
  for (const { tenantId, content } of rows) {
    const head = heads.get(tenantId)
    const position = (head?.position ?? 0) + 1
    const digest = linkDigest(head?.digest, content)
    heads.set(tenantId, { tenantId, position, digest })
    positions.push(position)
    digests.push(digest)
  }
  const ids = rows.map((row) => row.id)
  await tx.batch([insertSeals(tenants, positions, ids, digests), markSealed(tenants, ids)])
  return rows.length
}

/** SHA-256 over the digest of the link before and the row: a changed row breaks all that follow. */
function linkDigest(before: Buffer | undefined, content: string): Buffer {
  return createHash('sha256')
    .update(before ?? Buffer.alloc(32))
    .update(content)
    .digest()
}

const readChain = statement<
  { position: number; digest: Buffer; content: string | null },
  [after: number, limit: number]
>(
  'audit_seal.read_chain',
  `select s.position, s.digest, case when a.id is null then null else ${content} end as content
   from audit_seal s left join audit a on a.tenant_id = s.tenant_id and a.id = s.audit_id
   where s.position > $1 order by s.position limit $2`,
)

/**
 * Follows the chain of the tenant in scope. Answers the first position that does not fit (a row was
 * changed or removed, or a link is missing), or how many links fit.
 */
export async function verifyAudit(
  tx: Transaction,
): Promise<{ readonly intact: boolean; readonly position: number }> {
  let before: Buffer | undefined
  let position = 0
  for (;;) {
    const links = await tx.run(readChain(position, lot))
    for (const link of links) {
      const fits =
        link.position === position + 1 &&
        link.content !== null &&
        linkDigest(before, link.content).equals(link.digest)
      if (!fits) return { intact: false, position: position + 1 }
      before = link.digest
      position = link.position
    }
    if (links.length < lot) return { intact: true, position }
  }
}
