// For services of the public zone: what their requests pass before an operation sees them.
export { bodyPatienceOf } from '../host/edge-slow-body.ts'
export { addDocument, type StaticDocument } from './document.ts'
export type { Exchange } from './exchange.ts'
export { createFront, type FrontParts, frontKeys } from './front.ts'
export type { Gate } from './gate.ts'
export { mountHealth } from './health.ts'
export { mountOperations } from './operations.ts'
export { type Page, pageDocument } from './page.ts'
