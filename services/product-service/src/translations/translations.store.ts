/** Of a row, what is in one of the languages that are asked for; where there is nothing it costs nothing. */
export const translationsOf = (row: string, locales: string) =>
  `case when ${row}.translations = '[]' then ${row}.translations else (
    select coalesce(jsonb_agg(t), '[]') from jsonb_array_elements(${row}.translations) t
    where t ->> 'locale' = any (${locales}::text[])) end`
