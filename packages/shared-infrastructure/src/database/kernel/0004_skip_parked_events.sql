-- Gives up the first event of a parked key, when it is still the one that is meant; whoever asks a
-- second time skips nothing more. Behind it the key is tried again at once.
create function skip_parked_event(the_key text, the_event uuid) returns boolean language plpgsql as $$
declare
  parked parked_key;
  first_event jsonb;
begin
  select * into parked from parked_key where key = the_key for update;
  if not found then return false; end if;
  select event into first_event from parked_event where key = the_key order by position limit 1;
  if first_event ->> 'id' is distinct from the_event::text then return false; end if;
  return unpark_first(parked.consumer_group, parked.log, the_key);
end $$;
