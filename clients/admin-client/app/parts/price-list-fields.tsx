import type { Output, ProblemDetails } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { SelectField, TextField } from '@prognetwork/ui/fields'
import { expectedAt } from '@prognetwork/ui/problem'
import { useTranslations } from 'use-intl'

type Operations = typeof productContract.operations
export type PriceList = Output<Operations['listPriceLists']>['items'][number]
export type Group = Output<Operations['listCustomerGroups']>['items'][number]

/** Of a moment in UTC, as the field for it shows one. */
const fieldText = (at: string | null | undefined) => at?.slice(0, 16) ?? ''

/** What a price list is called, whom it is for and when it holds. */
export function PriceListFields({
  groups,
  list,
  typed,
  problem,
}: {
  readonly groups: readonly Group[]
  readonly list?: PriceList
  readonly typed: Readonly<Record<string, string>>
  readonly problem: ProblemDetails | undefined
}) {
  const t = useTranslations('priceList')
  const problems = useTranslations('problems')
  const wrong = (field: string) =>
    expectedAt(problem, `/${field}`) ?? expectedAt(problem, `/changes/${field}`)
  const isOf = (code: string) => problem?.code === code
  const taken = isOf('product.price_list_name_taken')
    ? problems('product.price_list_name_taken')
    : undefined
  const backwards = isOf('product.price_list_unfit') ? t('endWrong') : undefined
  return (
    <>
      <TextField
        label={t('name')}
        name="name"
        required
        maxLength={100}
        defaultValue={typed.name ?? list?.name}
        wrong={taken ?? (wrong('name') && t('nameWrong'))}
      />
      <SelectField
        label={t('group')}
        name="groupId"
        defaultValue={typed.groupId ?? list?.groupId ?? ''}
      >
        <option value="">{t('everyone')}</option>
        {groups.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t('startsAt')}
        hint={t('momentHint')}
        type="datetime-local"
        name="startsAt"
        defaultValue={typed.startsAt ?? fieldText(list?.startsAt)}
        wrong={wrong('startsAt') && t('momentWrong')}
      />
      <TextField
        label={t('endsAt')}
        hint={t('momentHint')}
        type="datetime-local"
        name="endsAt"
        defaultValue={typed.endsAt ?? fieldText(list?.endsAt)}
        wrong={backwards ?? (wrong('endsAt') && t('momentWrong'))}
      />
      <SelectField
        label={t('state')}
        name="state"
        defaultValue={typed.state ?? list?.state ?? 'draft'}
      >
        <option value="draft">{t('draft')}</option>
        <option value="active">{t('active')}</option>
      </SelectField>
    </>
  )
}
