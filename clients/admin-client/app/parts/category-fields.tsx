import type { ProblemDetails } from '@prognetwork/contracts'
import { SelectField, TextField } from '@prognetwork/ui/fields'
import { expectedAt } from '@prognetwork/ui/problem'
import { useLocale, useTranslations } from 'use-intl'
import { type Category, indented, inOrder } from './category-tree.ts'

/** What a category is called, and under which other it stands. */
export function CategoryFields({
  categories,
  category,
  under,
  typed,
  problem,
}: {
  readonly categories: readonly Category[]
  readonly category?: Category
  /** The one it stands under, where there is none of its own yet. */
  readonly under?: string | null
  readonly typed: Readonly<Record<string, string>>
  readonly problem: ProblemDetails | undefined
}) {
  const t = useTranslations('category')
  const problems = useTranslations('problems')
  const locale = useLocale()
  const taken = problem?.code === 'product.category_slug_taken' ? problems(problem.code) : undefined
  // A branch cannot stand under a part of itself.
  const parents = inOrder(categories, locale, category?.id).filter(({ isWithin }) => !isWithin)
  return (
    <>
      <TextField
        label={t('name')}
        name="name"
        required
        maxLength={100}
        defaultValue={typed.name ?? category?.name}
        wrong={expectedAt(problem, '/name') && t('nameWrong')}
      />
      <TextField
        label={t('slug')}
        hint={category ? t('slugHint') : t('slugHintNew')}
        name="slug"
        required={category !== undefined}
        maxLength={200}
        defaultValue={typed.slug ?? category?.slug}
        wrong={taken ?? (expectedAt(problem, '/slug') && t('slugWrong'))}
      />
      <SelectField
        label={t('parent')}
        name="parentId"
        defaultValue={typed.parentId ?? category?.parentId ?? under ?? ''}
        wrong={expectedAt(problem, '/parentId') && t('parentWrong')}
      >
        <option value="">{t('top')}</option>
        {parents.map((one) => (
          <option key={one.id} value={one.id}>
            {indented(one)}
          </option>
        ))}
      </SelectField>
    </>
  )
}
