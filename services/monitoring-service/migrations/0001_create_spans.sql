-- What the processes of the platform tell of their work: spans, log lines, and the business objects
-- they were about. A partition for each day (UTC), dropped as a whole when it is old.

create table span (
  tenant_id uuid not null default current_tenant(),
  -- 16 bytes, as W3C trace context has it.
  trace_id uuid not null,
  at timestamptz not null,
  span_id text not null,
  parent_span_id text,
  service text not null,
  name text not null,
  kind text not null,
  status text not null,
  duration_us bigint not null,
  attributes jsonb not null,
  -- As order:<id>.
  objects text[] not null,
  -- In the order of time: what begins with a trace id would be written all over the index.
  primary key (tenant_id, at, span_id)
) partition by range (at);
create index span_trace on span (trace_id);
-- Faults are few among many, and what is looked for most.
create index span_failed on span (tenant_id, at, span_id) where status = 'error';
select protect('span', 'select');
select open_to('span', 'monitoring_service_platform', 'insert');

create sequence log_line_seq cache 100;
do $$ begin
  execute 'grant usage on sequence log_line_seq to monitoring_service_platform';
end $$;
create table log_line (
  tenant_id uuid not null default current_tenant(),
  at timestamptz(3) not null,
  -- Tells lines of one millisecond apart.
  seq bigint not null default nextval('log_line_seq'),
  trace_id uuid,
  service text not null,
  -- 20 debug, 30 info, 40 warn, 50 error.
  level smallint not null,
  sentence text not null,
  fields jsonb not null,
  primary key (tenant_id, at, seq)
) partition by range (at);
create index log_line_trace on log_line (trace_id) where trace_id is not null;
create index log_line_severe on log_line (tenant_id, at, seq) where level >= 40;

create function log_words(sentence text, fields jsonb) returns tsvector
language sql immutable parallel safe as $$
  select to_tsvector('simple'::regconfig, sentence)
    || jsonb_to_tsvector('simple'::regconfig, fields, '["string"]')
$$;
create index log_line_words on log_line
  using gin (tenant_id extensions.uuid_ops, log_words(sentence, fields));
select protect('log_line', 'select');
select open_to('log_line', 'monitoring_service_platform', 'insert');
select open_to('log_line', 'monitoring_service_lookup', 'select');

-- Which traces were about a business object; each once a day, however many spans touched it.
create table touched_object (
  tenant_id uuid not null default current_tenant(),
  object_type text not null,
  object_id text not null,
  trace_id uuid not null,
  day date not null,
  primary key (tenant_id, object_type, object_id, trace_id, day)
) partition by range (day);
select protect('touched_object', 'select');
select open_to('touched_object', 'monitoring_service_platform', 'insert');
