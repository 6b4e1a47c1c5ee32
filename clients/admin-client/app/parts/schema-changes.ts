export interface SchemaChange {
  readonly kind: 'added' | 'removed' | 'changed'
  /** A JSON pointer (RFC 6901) into the schema. */
  readonly pointer: string
  readonly before: string
  readonly after: string
}

/** What one JSON document says and another does not, place by place. */
export function changesBetween(before: unknown, after: unknown): SchemaChange[] {
  const [old, fresh] = [placesOf(before), placesOf(after)]
  const pointers = [...new Set([...old.keys(), ...fresh.keys()])].sort()
  return pointers.flatMap((pointer): SchemaChange[] => {
    const [was, is] = [old.get(pointer), fresh.get(pointer)]
    if (was === is) return []
    const kind = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
    return [{ kind, pointer, before: was ?? '', after: is ?? '' }]
  })
}

/** Every value by its place. Lists of plain values, such as what is required, are taken as sets. */
function placesOf(value: unknown, pointer = ''): Map<string, string> {
  const places = new Map<string, string>()
  const add = (inner: unknown, name: string) => {
    const own = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    for (const [place, text] of placesOf(inner, own)) places.set(place, text)
  }
  if (Array.isArray(value))
    for (const [index, one] of value.entries())
      add(one, typeof one === 'object' ? String(index) : String(one))
  else if (typeof value === 'object' && value !== null)
    for (const [name, one] of Object.entries(value)) add(one, name)
  else places.set(pointer, JSON.stringify(value))
  return places
}
