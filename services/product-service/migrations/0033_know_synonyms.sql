-- Words that a search takes for each other; `typed` finds the words, and they do not find it.
create table synonym (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  typed text,
  words text[] not null,
  -- Folded as a search is: what must be typed, and what is looked for besides.
  typed_keys text[] not null,
  word_keys text[] not null,
  version integer not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
select protect('synonym');
