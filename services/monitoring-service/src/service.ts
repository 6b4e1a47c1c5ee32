import { monitoringContract } from '@prognetwork/contracts/monitoring'
import { secret } from '@prognetwork/environment-configuration'
import { defineService, every } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { createConfiguration } from './configuration/configuration.ts'
import { createDays } from './days/days.ts'
import { createFixture } from './fixture.ts'
import { createLogs } from './logs/logs.ts'
import { createOtlpExport, headersFrom } from './otlp/otlp-export.ts'
import { createSampling } from './sampling/sampling.ts'
import { createTelemetry } from './telemetry/telemetry.ts'
import { createTraces } from './traces/traces.ts'

/** Lines and attributes are redacted where they are made; what is left goes with its day. */
const goesWithItsDay = { keep: 'dropped with its day' }

export default defineService({
  name: 'monitoring-service',
  port: 3004,
  summary:
    'What every part did and said: traces, log lines, and the business objects they are about',
  config: z.object({
    retentionDays: z.coerce
      .number()
      .int()
      .positive()
      .default(7)
      .describe('Days that spans and log lines are kept for'),
    sample: z.coerce
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe('The share of traces that is kept; those with faults or slow parts always are'),
    slowMs: z.coerce
      .number()
      .int()
      .positive()
      .default(1_000)
      .describe('How long a part of a trace takes that is slow'),
    otlpUrl: z
      .url()
      .transform((url) => url.replace(/\/+$/, ''))
      .optional()
      .describe(
        'Another backend that gets what is kept, by OTLP/HTTP in JSON: `/v1/traces` follows',
      ),
    otlpHeaders: secret(z.string().default('')).describe(
      'Headers for it as `name=value`, with commas between them',
    ),
  }),
  contract: monitoringContract,
  publishes: [],
  consumes: [],
  needs: [],
  database: {
    migrations: new URL('../migrations/', import.meta.url),
    everyTenant: [
      { table: 'span', role: 'platform', reason: 'processes tell of all tenants at once' },
      { table: 'log_line', role: 'platform', reason: 'processes tell of all tenants at once' },
      { table: 'log_line', role: 'lookup', reason: 'words are found in the rows of one tenant' },
      {
        table: 'touched_object',
        role: 'platform',
        reason: 'processes tell of all tenants at once',
      },
    ],
    lookups: [
      'ensure_days(date, integer)',
      'drop_days(date)',
      'find_log_lines(text, integer, text, uuid, timestamp with time zone, timestamp with time zone, timestamp with time zone, bigint, integer)',
    ],
    personalData: [
      { table: 'span', columns: ['attributes'], rule: goesWithItsDay },
      { table: 'log_line', columns: ['sentence', 'fields'], rule: goesWithItsDay },
      { table: 'touched_object', columns: ['object_id'], rule: goesWithItsDay },
    ],
  },
  start(parts) {
    const { config, realTime } = parts
    const { nowMs } = realTime
    const days = createDays({ ...parts, retentionDays: config.retentionDays })
    const sampling = createSampling({ share: config.sample, slowMs: config.slowMs, nowMs })
    const otlp = createOtlpExport({
      url: config.otlpUrl,
      headers: headersFrom(config.otlpHeaders),
    })
    const telemetry = createTelemetry({ ...parts, days, sampling, exported: otlp.send })
    const traces = createTraces(parts)
    const logs = createLogs(parts)
    return {
      handlers: {
        recordTelemetry: (ctx, { body }) => telemetry.keep(ctx, body),
        listTraces: traces.list,
        readTrace: traces.read,
        listLogLines: logs.list,
        listConfiguration: createConfiguration(parts).list,
      },
      keepTelemetry: telemetry.keep,
      jobs: [every('1h', 'keep-days', ({ ctx }) => days.keep(ctx))],
      figures: [
        {
          name: 'telemetry_out_of_time',
          unit: 'records',
          help: 'Spans and log lines of moments that are not kept, since the start',
          read: telemetry.outOfTime,
        },
        ...otlp.figures,
      ],
      fixture: createFixture({ telemetry, nowMs }),
      async ready(ctx) {
        await days.keep(ctx)
        return []
      },
      close: otlp.close,
    }
  },
})
