import { findProgram } from '@prognetwork/shared-infrastructure/servers'
import { startRedisBroker } from './broker-under-test.ts'
import { transportConformance } from './transport-conformance.ts'

transportConformance({
  name: 'redis',
  missing: findProgram('redis-server') ? undefined : 'needs redis-server from the package of it',
  startBroker: startRedisBroker,
})
