// Templates of a tenant beside the platform's own: drafts, versions that are kept, and one of them
// that mails are made of.
import type { Context, Output } from '@prognetwork/contracts'
import {
  type emailContract,
  templateChanged,
  templateMissing,
  templateUnfit,
} from '@prognetwork/contracts/email'
import {
  type Audit,
  type Database,
  type Handlers,
  type InputError,
  listPage,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { Compiled, Fault } from '../rendering/job.ts'
import { type Rendering, Unrenderable } from '../rendering/rendering.ts'
import type { Values } from '../tables.ts'
import { builtInTemplates, isOrderMail, orderMailNames, orderSample } from './built-in.ts'
import {
  findPublished,
  findVersion,
  listHeads,
  listVersionsOf,
  lockTemplate,
  publish,
  type TemplateVersion,
  unpublish,
  writeDraft,
} from './templates.store.ts'

type EmailHandlers = Handlers<typeof emailContract>
type Head = Output<typeof emailContract.operations.publishTemplate>
type Shown = Output<typeof emailContract.operations.saveDraft>

/** What a mail is made of: version 0 is the platform's own. */
export interface Template {
  readonly name: string
  readonly version: number
  readonly compiled: Compiled
  readonly sample: Values
}

export function createTemplates(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly rendering: Rendering
  readonly onChanged: (tenantId: string) => void
}) {
  const { db, audit, rendering } = parts
  const builtIn = new Map<string, Compiled>()

  async function compiledBuiltIn(name: keyof typeof builtInTemplates): Promise<Compiled> {
    const known = builtIn.get(name)
    if (known) return known
    const compiled = await rendering.compile(builtInTemplates[name], orderSample)
    builtIn.set(name, compiled)
    return compiled
  }

  async function versionOf(ctx: Context, name: string, version: number): Promise<Template> {
    if (version === 0) {
      if (!isOrderMail(name)) throw missing()
      const compiled = await compiledBuiltIn(name)
      return { name, version, compiled, sample: orderSample }
    }
    const [row] = await db.read(ctx, findVersion(name, version))
    if (!row) throw missing()
    return templateOf(row)
  }

  async function headOf(ctx: Context, name: string): Promise<Head> {
    const own = (await db.read(ctx, listHeads())).find((one) => one.name === name)
    if (!own && !isOrderMail(name)) throw missing()
    return head(name, own)
  }

  const list: EmailHandlers['listTemplates'] = async (ctx) => {
    const own = new Map((await db.read(ctx, listHeads())).map((one) => [one.name, one]))
    const names = new Set([...orderMailNames, ...own.keys()])
    return { items: [...names].map((name) => head(name, own.get(name))) }
  }

  const read: EmailHandlers['readTemplate'] = async (ctx, { params: { name }, query }) => {
    const found = await headOf(ctx, name)
    const version = query.version ?? found.published ?? found.draft ?? 0
    if (version === 0) {
      if (!isOrderMail(name)) throw missing()
      return { ...found, content: shownBuiltIn(name, found.published === 0) }
    }
    const [row] = await db.read(ctx, findVersion(name, version))
    if (!row) throw missing()
    return { ...found, content: shown(row) }
  }

  const listVersions: EmailHandlers['listTemplateVersions'] = async (ctx, { params, query }) => {
    const [before = null] = readCursor(query.after, z.tuple([z.int()])) ?? []
    await headOf(ctx, params.name)
    const rows = await db.read(ctx, listVersionsOf(params.name, before, query.limit + 1))
    const { items, next } = listPage(rows, query.limit, (row) => [row.version])
    return { items: items.map(shown), next }
  }

  const saveDraft: EmailHandlers['saveDraft'] = async (ctx, { params: { name }, body }) => {
    const { subject, mjml, text, draft } = body
    const sample = sampleFor(name, body.sample)
    const { html } = await usable(rendering.compile({ subject, mjml, text }, sample))
    return db.transaction(ctx, async (tx) => {
      await tx.run(lockTemplate(name))
      const own = (await tx.run(listHeads())).find((one) => one.name === name)
      if ((own?.draft ?? null) !== draft)
        throw new Problem(templateChanged, 'Read the draft again and change that one')
      const by = ctx.principal.subject
      const [row] = await tx.run(
        writeDraft(name, subject, mjml, text, html, JSON.stringify(sample), by, ctx.now),
      )
      if (!row) throw new Error('the draft was not written')
      return shown(row)
    })
  }

  const publishVersion: EmailHandlers['publishTemplate'] = async (ctx, { params, body }) => {
    const { name } = params
    const { version } = body
    if (version === 0 && !isOrderMail(name)) throw missing()
    await db.transaction(ctx, async (tx) => {
      await tx.run(lockTemplate(name))
      await tx.run(unpublish(name))
      const [row] = version === 0 ? [] : await tx.run(publish(name, version, ctx.now))
      if (version > 0 && !row) throw missing()
      await tx.run(
        audit(ctx, {
          action: 'mail_template.published',
          outcome: 'success',
          resource: `mail_template/${name}`,
          detail: { version },
        }),
      )
    })
    parts.onChanged(ctx.scope.tenantId)
    return headOf(ctx, name)
  }

  const preview: EmailHandlers['previewTemplate'] = async (_ctx, { params, body }) => {
    const { subject, mjml, text } = body
    const sample = sampleFor(params.name, body.sample)
    const compiled = await usable(rendering.compile({ subject, mjml, text }, sample))
    return usable(rendering.fill(compiled, sample))
  }

  return {
    handlers: {
      listTemplates: list,
      readTemplate: read,
      listTemplateVersions: listVersions,
      saveDraft,
      publishTemplate: publishVersion,
      previewTemplate: preview,
    },
    versionOf,
    /** What mails of this name are made of now; undefined when nothing is. */
    async published(ctx: Context, name: string): Promise<Template | undefined> {
      const [row] = await db.read(ctx, findPublished(name))
      if (row) return templateOf(row)
      return isOrderMail(name) ? versionOf(ctx, name, 0) : undefined
    },
  }
}

export type Templates = ReturnType<typeof createTemplates>

/** Mails of the platform have values of their own, whatever somebody would like to see. */
function sampleFor(name: string, own: Values | undefined): Values {
  return isOrderMail(name) ? orderSample : (own ?? {})
}

/** Every place that is wrong becomes an error of the request. */
export async function usable<T>(
  work: Promise<T>,
  problemOf: (faults: readonly Fault[]) => Problem = unfit,
): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof Unrenderable ? problemOf(error.faults) : error
  }
}

function unfit(faults: readonly Fault[]): Problem {
  const [first] = faults
  return new Problem(templateUnfit, first ? sentence(first) : 'It cannot be used', {
    errors: faults.slice(0, 20).map(errorOf),
  })
}

const sentence = ({ part, line, detail }: Fault) => `${part}, line ${line}: ${detail}`

function errorOf({ part, line, detail }: Fault): InputError {
  const pointer = `/body/${part === 'html' ? 'mjml' : part}`
  return { pointer, expected: 'a template that can be used', detail: `Line ${line}: ${detail}` }
}

function missing(): Problem {
  return new Problem(templateMissing, 'Look at the list of templates and their versions')
}

function templateOf({ name, version, sample, html, subject, body }: TemplateVersion): Template {
  return { name, version, compiled: { subject, html, text: body }, sample }
}

function shown({ name, body, html, ...row }: TemplateVersion): Shown {
  return { ...row, text: body }
}

function shownBuiltIn(name: keyof typeof builtInTemplates, isPublished: boolean): Shown {
  return {
    version: 0,
    state: isPublished ? 'published' : 'kept',
    ...builtInTemplates[name],
    sample: orderSample,
    madeBy: 'platform',
    ...{ createdAt: null, publishedAt: null },
  }
}

function head(
  name: string,
  own: { published: number | null; draft: number | null } | undefined,
): Head {
  const builtIn = isOrderMail(name)
  const published = own?.published ?? (builtIn ? 0 : null)
  return { name, builtIn, published, draft: own?.draft ?? null }
}
