import { command } from '@prognetwork/shared-infrastructure'

/** Nothing is asked of the disk: what a crash takes of the last moment is not worth waiting for. */
export const withoutWaiting = command(
  'telemetry.without_waiting',
  `select set_config('synchronous_commit', 'off', true)`,
)

/** Every argument is an array as text; see `arrayText`. */
export const insertSpans = command<
  [
    tenantIds: string,
    traceIds: string,
    startSeconds: string,
    spanIds: string,
    parentSpanIds: string,
    services: string,
    names: string,
    kinds: string,
    statuses: string,
    durationsUs: string,
    attributes: string,
    objects: string,
  ]
>(
  'span.insert_all',
  `insert into span (tenant_id, trace_id, at, span_id, parent_span_id, service, name, kind, status,
     duration_us, attributes, objects)
   select tenant_id, trace_id, to_timestamp(at), span_id, parent_span_id, service, name, kind, status,
     duration_us, attributes::jsonb, objects::text[]
   from unnest($1::uuid[], $2::uuid[], $3::float8[], $4::text[], $5::text[], $6::text[], $7::text[],
     $8::text[], $9::text[], $10::bigint[], $11::text[], $12::text[])
     u (tenant_id, trace_id, at, span_id, parent_span_id, service, name, kind, status, duration_us,
       attributes, objects)
   on conflict do nothing`,
)

export const insertLines = command<
  [
    tenantIds: string,
    seconds: string,
    traceIds: string,
    services: string,
    levels: string,
    sentences: string,
    fields: string,
  ]
>(
  'log_line.insert_all',
  `insert into log_line (tenant_id, at, trace_id, service, level, sentence, fields)
   select tenant_id, to_timestamp(at), trace_id, service, level, sentence, fields::jsonb
   from unnest($1::uuid[], $2::float8[], $3::uuid[], $4::text[], $5::smallint[], $6::text[],
     $7::text[]) u (tenant_id, at, trace_id, service, level, sentence, fields)`,
)

export const insertTouched = command<
  [tenantIds: string, objectTypes: string, objectIds: string, traceIds: string, days: string]
>(
  'touched_object.insert_all',
  `insert into touched_object (tenant_id, object_type, object_id, trace_id, day)
   select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::date[])
   on conflict do nothing`,
)
