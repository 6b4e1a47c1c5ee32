import { problemOf } from '@prognetwork/ui/problem'

/** A part of a page that not all who may see the page may see: null for them. */
export async function ifAllowed<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (thrown) {
    if (problemOf(thrown).status === 403) return null
    throw thrown
  }
}
