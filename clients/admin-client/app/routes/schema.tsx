import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { findProblem } from '@prognetwork/ui/problem'
import { Link, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { changesBetween, type SchemaChange } from '../parts/schema-changes.ts'
import { SchemaOwner } from '../parts/schema-owner.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { jsonText, Source } from '../parts/source.tsx'
import { Views } from '../parts/views.tsx'

const { listSchemaVersions, readSchemaVersion } = eventStreamingContract.operations
const shownVersions = 100

export async function loader({ context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const type = params.type ?? ''
  const { items } = await page.call(listSchemaVersions, {
    params: { type },
    query: { limit: shownVersions },
  })
  const versions = items.map(({ version }) => version)
  const version = Number(url.searchParams.get('version') ?? versions[0])
  const read = (one: number) =>
    page.call(readSchemaVersion, { params: { type, version: String(one) } })
  const [shown, before] = await Promise.all([
    read(version),
    read(version - 1).catch((thrown) => {
      // Before the first there is none, and of some of the platform's only the newest is kept.
      if (![400, 404].includes(findProblem(thrown)?.status ?? 500)) throw thrown
      return null
    }),
  ])
  return { versions, shown, changes: before && changesBetween(before.schema, shown.schema) }
}

export default function Schema() {
  const { versions, shown, changes } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const t = useTranslations('schema')
  const { type, version, schema, example } = shown
  const home = `/t/${tenant}/schemas/${type}`
  return (
    <>
      <title>{type}</title>
      <p>
        <Link to={`/t/${tenant}/schemas`}>{t('back')}</Link>
      </p>
      <div className="head">
        <h1>{type}</h1>
        <span className="quiet">
          <SchemaOwner of={shown} />
        </span>
      </div>
      <Views
        name={t('versions')}
        items={versions.map((one, index) => ({
          to: index === 0 ? home : `${home}?version=${one}`,
          label: t('version', { version: String(one) }),
        }))}
      />
      {changes && (
        <section>
          <h2>{t('changes', { version: String(version - 1) })}</h2>
          <Changes changes={changes} />
        </section>
      )}
      <div className="halves">
        <section>
          <h2>{t('document')}</h2>
          <Source name={t('document')}>{jsonText(schema)}</Source>
        </section>
        <section>
          <h2>{t('example')}</h2>
          <Source name={t('example')}>{jsonText(example)}</Source>
        </section>
      </div>
    </>
  )
}

const looks = { added: 'ok', removed: 'bad', changed: 'warn' } as const

function Changes({ changes }: { readonly changes: readonly SchemaChange[] }) {
  const t = useTranslations('schema')
  const kinds = useTranslations('changeKinds')
  if (changes.length === 0) return <p className="quiet">{t('same')}</p>
  return (
    <Scroll name={t('changed')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('place')}</th>
            <th scope="col">{t('change')}</th>
            <th scope="col">{t('before')}</th>
            <th scope="col">{t('after')}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ kind, pointer, before, after }) => (
            <tr key={pointer}>
              <td className="mono">{pointer}</td>
              <td>
                <span className={`state ${looks[kind]}`}>{kinds(kind)}</span>
              </td>
              <td className="mono told">{before}</td>
              <td className="mono told">{after}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
