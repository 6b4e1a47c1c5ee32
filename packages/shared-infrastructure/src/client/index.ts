// For web clients: everything their servers do that is not a page.
export { type ClientDefinition, defineClient } from './define-client.ts'
export type { ClientBuild, PageSource } from './pages.ts'
