import { useRouteLoaderData } from 'react-router'
import type { RootData } from '../root.tsx'

/**
 * The `lang` of a text of the catalogue, where it is in another language than the page. Null is the
 * language of the shop.
 */
export function useLang(): (locale: string | null) => string | undefined {
  const root = useRouteLoaderData('root') as RootData | undefined
  return (locale) => {
    const tag = locale ?? root?.shop.locale
    return tag === undefined || tag.split('-')[0] === root?.language ? undefined : tag
  }
}
