-- What goods are held for is looked up by keys alone, so that one plan is right for all. The planner,
-- who guesses how many things are wanted and how many lists price them, made a new one each time; that
-- took longer than all the rest of it.
alter function hold_goods(
  uuid, uuid, text, uuid[], integer[], timestamptz, timestamptz, uuid
) set plan_cache_mode = force_generic_plan;
