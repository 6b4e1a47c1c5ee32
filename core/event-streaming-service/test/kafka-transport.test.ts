import { hasKafka } from '@prognetwork/shared-infrastructure/servers'
import { kafkaMissing, startKafkaBroker } from './broker-under-test.ts'
import { transportConformance } from './transport-conformance.ts'

transportConformance({
  name: 'kafka',
  missing: hasKafka() ? undefined : kafkaMissing,
  startBroker: startKafkaBroker,
})
