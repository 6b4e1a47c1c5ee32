import type { PageRequest } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import { jobMissing, workerContract } from '@prognetwork/contracts/worker'
import { FormProblem } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { findProblem } from '@prognetwork/ui/problem'
import { redirect, useActionData, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { CatalogueExport } from '../parts/catalogue-export.tsx'
import { CatalogueImport } from '../parts/catalogue-import.tsx'
import { currenciesOf } from '../parts/currencies.server.ts'
import { permissionsOf } from '../parts/permissions.server.ts'
import { refused } from '../parts/refused.server.ts'
import { useAgainWhile } from '../parts/use-again-while.ts'

const { exportCatalogue, linkExport } = productContract.operations

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const may = await permissionsOf(page)
  const exportId = url.searchParams.get('export')
  const mayExport = may.has('product:product:export')
  return {
    mayImport: may.has('product:product:import'),
    mayExport,
    currencies: await currenciesOf(page),
    made: exportId !== null && mayExport ? await readExport(exportId) : null,
  }

  async function readExport(id: string) {
    const state = await stateOf(page, id)
    if (state !== 'succeeded') return { state, file: null }
    const file = await page.call(linkExport, { params: { exportId: id } })
    return { state, file }
  }
}

/** A job is there a moment after it was asked for. */
async function stateOf(page: PageRequest, jobId: string) {
  try {
    const { state } = await page.call(workerContract.operations.readJob, { params: { jobId } })
    return state
  } catch (thrown) {
    if (findProblem(thrown)?.code !== jobMissing.code) throw thrown
    return 'queued'
  }
}

export async function action({ context, request, url }: PageArgs) {
  const page = context.get(pageRequest)
  const format = (await request.formData()).get('format') === 'ndjson' ? 'ndjson' : 'csv'
  try {
    const { exportId } = await page.call(exportCatalogue, { body: { format } })
    return redirect(`${url.pathname}?${new URLSearchParams({ export: exportId })}`)
  } catch (thrown) {
    return refused(thrown)
  }
}

export default function ProductLists() {
  const { mayImport, mayExport, currencies, made } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { tenant = '' } = useParams()
  const t = useTranslations('productLists')
  useAgainWhile(made?.state === 'queued' || made?.state === 'running')
  return (
    <>
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      <FormProblem problem={answer?.problem} />
      {!mayImport && !mayExport && <p className="quiet">{t('none')}</p>}
      {mayImport && (
        <CatalogueImport address={`/t/${tenant}/api/v1/catalogue/import`} currencies={currencies} />
      )}
      {mayExport && <CatalogueExport made={made} />}
    </>
  )
}
