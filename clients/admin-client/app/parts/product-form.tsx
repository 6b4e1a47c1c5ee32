import type { Output, ProblemDetails } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { AreaField, FormProblem, SelectField, Submit, TextField } from '@prognetwork/ui/fields'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'

type Operations = typeof productContract.operations
type Kept = Output<Operations['readCatalogueProduct']>
type Category = Output<Operations['listCategories']>['items'][number]

const states = ['draft', 'active', 'archived'] as const
const lines = [
  { name: 'title', required: true, maxLength: 255 },
  { name: 'slug', required: true, maxLength: 200 },
  { name: 'vendor', required: false, maxLength: 200 },
  { name: 'type', required: false, maxLength: 200 },
] as const

export function ProductForm({
  product,
  categories,
  mayChange,
  problem,
  typed,
}: {
  readonly product: Kept
  readonly categories: readonly Category[]
  readonly mayChange: boolean
  readonly problem: ProblemDetails | undefined
  readonly typed: Readonly<Record<string, string>>
}) {
  const t = useTranslations('productForm')
  const names = useTranslations('products')
  const problems = useTranslations('problems')
  const wrong = (field: string) => {
    if (field === 'slug' && problem?.code === 'product.slug_taken') return problems(problem.code)
    return expectedAt(problem, `/changes/${field}`) && t(`wrong.${field}`)
  }
  const chosen = new Set(product.categories.map(({ id }) => id))
  return (
    <section>
      <h2>{t('heading')}</h2>
      <Form method="post" className="stack">
        <FormProblem problem={problem} />
        <fieldset className="plain stack" disabled={!mayChange}>
          {lines.map(({ name, ...input }) => (
            <TextField
              key={name}
              label={t(name)}
              name={name}
              {...input}
              defaultValue={typed[name] ?? product[name] ?? undefined}
              wrong={wrong(name)}
            />
          ))}
          <SelectField
            label={t('status')}
            name="status"
            defaultValue={typed.status ?? product.status}
          >
            {states.map((state) => (
              <option key={state} value={state}>
                {names(`states.${state}`)}
              </option>
            ))}
          </SelectField>
          <AreaField
            label={t('description')}
            hint={t('descriptionHint')}
            name="description"
            rows={7}
            maxLength={100_000}
            defaultValue={typed.description ?? product.description}
            wrong={wrong('description')}
          />
          <TextField
            label={t('tags')}
            hint={t('tagsHint')}
            name="tags"
            defaultValue={typed.tags ?? product.tags.join(', ')}
            wrong={wrong('tags')}
          />
          {categories.length > 0 && (
            <fieldset className="choices">
              <legend>{t('categories')}</legend>
              {categories.map(({ id, name }) => (
                <label key={id}>
                  <input
                    type="checkbox"
                    name="categoryIds"
                    value={id}
                    defaultChecked={chosen.has(id)}
                  />
                  {name}
                </label>
              ))}
            </fieldset>
          )}
          <input type="hidden" name="do" value="product" />
          <input type="hidden" name="version" value={product.version} />
          {mayChange && (
            <div>
              <Submit>{t('save')}</Submit>
            </div>
          )}
        </fieldset>
      </Form>
    </section>
  )
}
