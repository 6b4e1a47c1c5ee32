export { type Collector, createCollector, type TelemetryBatch } from './collector.ts'
export {
  createLog,
  createLogThreshold,
  type LineRecord,
  type LogDestination,
  type LogLevel,
  type LogThreshold,
} from './log.ts'
export {
  boundedLabel,
  createMetrics,
  type HttpMeter,
  type Metrics,
  type Outcome,
  type OutcomeMeter,
} from './metrics.ts'
export {
  type Attributes,
  createSpanRing,
  createTracer,
  type Span,
  type SpanKind,
  type SpanRecord,
  type SpanRing,
  type SpanSink,
  type SpanStatus,
  type Tracer,
} from './span.ts'
export { childOf, formatTraceparent, parseTraceparent, startTrace } from './trace.ts'
