export {
  type Approach,
  byService,
  type Credential,
  overHttp,
  sendOverHttp,
} from './approach.ts'
export { type DeclaredException, declaredExceptions } from './declared-exceptions.ts'
export { proveRoutes, type RouteProof, type TriedTenant } from './route-crossing.ts'
export { type CrossingProof, proveRows } from './row-crossing.ts'
export { type Leak, proveSchemas, type SchemaProof } from './schema-laws.ts'
export { createRowReader } from './tenant-rows.ts'
