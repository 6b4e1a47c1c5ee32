import { transportConformance } from './transport-conformance.ts'

transportConformance({
  name: 'log, read for a service with a database of its own',
  missing: undefined,
  reader: 'product-service',
})
