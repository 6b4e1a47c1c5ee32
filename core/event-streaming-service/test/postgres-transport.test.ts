import { transportConformance } from './transport-conformance.ts'

transportConformance({ name: 'postgres', missing: undefined })
