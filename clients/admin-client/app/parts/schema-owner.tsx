import { useTranslations } from 'use-intl'

export function SchemaOwner({
  of,
}: {
  readonly of: { readonly owner: 'platform' | 'tenant'; readonly service: string | null }
}) {
  const t = useTranslations('schemaOwners')
  return of.service ?? t(of.owner)
}
