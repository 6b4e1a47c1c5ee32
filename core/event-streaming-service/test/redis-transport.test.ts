import { findProgram } from '@prognetwork/shared-infrastructure/servers'
import { redisMissing, startRedisBroker } from './broker-under-test.ts'
import { transportConformance } from './transport-conformance.ts'

transportConformance({
  name: 'redis',
  missing: findProgram('redis-server') ? undefined : redisMissing,
  startBroker: startRedisBroker,
})
