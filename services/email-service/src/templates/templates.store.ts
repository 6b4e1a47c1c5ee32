import { command, statement } from '@prognetwork/shared-infrastructure'
import type { templateVersions } from '../tables.ts'

export type TemplateVersion = Omit<typeof templateVersions.$inferSelect, 'tenantId'>

const columns = `name, version, state, subject, mjml, body, html, sample, made_by as "madeBy",
  created_at as "createdAt", published_at as "publishedAt"`

export const listHeads = statement<{
  name: string
  published: number | null
  draft: number | null
}>(
  'template.list_heads',
  `select name, max(version) filter (where state = 'published') as published,
     max(version) filter (where state = 'draft') as draft
   from template_version group by name order by name`,
)

export const findVersion = statement<TemplateVersion, [name: string, version: number]>(
  'template.find_version',
  `select ${columns} from template_version where name = $1 and version = $2`,
)

export const findPublished = statement<TemplateVersion, [name: string]>(
  'template.find_published',
  `select ${columns} from template_version where name = $1 and state = 'published'`,
)

export const listVersionsOf = statement<
  TemplateVersion,
  [name: string, before: number | null, limit: number]
>(
  'template.list_versions',
  `select ${columns} from template_version
   where name = $1 and ($2::integer is null or version < $2) order by version desc limit $3`,
)

/** Versions of one template are written one after the other. */
export const lockTemplate = statement<{ lock: string }, [name: string]>(
  'template.lock',
  `select pg_advisory_xact_lock(hashtextextended(current_tenant()::text || '/template/' || $1, 0))
     ::text as lock`,
)

export const writeDraft = statement<
  TemplateVersion,
  [
    name: string,
    subject: string,
    mjml: string,
    body: string,
    html: string,
    sample: string,
    madeBy: string,
    now: string,
  ]
>(
  'template.write_draft',
  `insert into template_version as t (name, version, state, subject, mjml, body, html, sample,
     made_by, created_at)
   select $1, coalesce(
       (select version from template_version where name = $1 and state = 'draft'),
       (select max(version) + 1 from template_version where name = $1), 1),
     'draft', $2, $3, $4, $5, $6::jsonb, $7, $8
   on conflict (tenant_id, name, version) do update set subject = excluded.subject,
     mjml = excluded.mjml, body = excluded.body, html = excluded.html, sample = excluded.sample,
     made_by = excluded.made_by, created_at = excluded.created_at
   returning ${columns}`,
)

export const unpublish = command<[name: string]>(
  'template.unpublish',
  `update template_version set state = 'kept' where name = $1 and state = 'published'`,
)

export const publish = statement<{ version: number }, [name: string, version: number, now: string]>(
  'template.publish',
  `update template_version set state = 'published', published_at = $3
   where name = $1 and version = $2 returning version`,
)
