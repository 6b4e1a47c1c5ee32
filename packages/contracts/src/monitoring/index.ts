import { contract } from '../operation.ts'
import { listConfiguration } from './configuration.ts'
import { listLogLines } from './lines.ts'
import { recordTelemetry } from './telemetry.ts'
import { listTraces, readTrace } from './traces.ts'

export { tellingServices } from './telemetry.ts'
export { traceMissing } from './traces.ts'

export const monitoringContract = contract('monitoring-service', {
  recordTelemetry,
  listTraces,
  readTrace,
  listLogLines,
  listConfiguration,
})
