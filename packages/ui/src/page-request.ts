import type { PageRequest } from '@prognetwork/contracts'
import { createContext, type RouterContextProvider } from 'react-router'

/** What the server of the client knows of a request; set before any loader runs. */
export const pageRequest = createContext<PageRequest>()

/** What loaders and actions are given, as far as ours use it. */
export interface PageArgs {
  /** As it came: of a page's data its address ends with `.data`, so addresses are taken from `url`. */
  readonly request: Request
  readonly url: URL
  readonly params: Readonly<Record<string, string | undefined>>
  readonly context: Readonly<RouterContextProvider>
}
