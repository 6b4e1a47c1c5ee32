export { type CrossingProof, proveRows } from './row-crossing.ts'
export { type Leak, proveSchemas, type SchemaProof } from './schema-laws.ts'
