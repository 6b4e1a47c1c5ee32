/** What some span or line said it was about. */
interface Told {
  readonly tenantId: string
  readonly traceId: string
  readonly atMs: number
  /** As `order:<id>`. */
  readonly objects: readonly string[]
}

interface TouchedObject {
  readonly tenantId: string
  readonly traceId: string
  readonly type: string
  readonly id: string
  readonly day: string
}

/** Every object of every trace once, however many spans named it. */
export function touchedIn(told: readonly Told[]): TouchedObject[] {
  const touched = new Map<string, TouchedObject>()
  for (const { tenantId, traceId, atMs, objects } of told)
    for (const object of objects) {
      const key = `${tenantId}/${traceId}/${object}`
      const colon = object.indexOf(':')
      if (colon < 1 || touched.has(key)) continue
      touched.set(key, {
        ...{ tenantId, traceId },
        type: object.slice(0, colon),
        id: object.slice(colon + 1),
        day: dayOf(atMs),
      })
    }
  return [...touched.values()]
}

const dayMs = 86_400_000
let written = { day: Number.NaN, text: '' }

/** Nearly all of them are of one day, and writing one out takes longer than the rest. */
function dayOf(atMs: number): string {
  const day = Math.floor(atMs / dayMs)
  if (day !== written.day) {
    written = { day, text: new Date(day * dayMs).toISOString().slice(0, 10) }
  }
  return written.text
}

const idName = /^([a-z]+(?:[A-Z][a-z]+)*)Id$/
const idForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The objects that the fields of a line name: `orderId` is the id of an `order`. */
export function objectsOfLine(fields: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const resource = idName.exec(name)?.[1]
    if (resource === undefined || typeof value !== 'string' || !idForm.test(value)) return []
    return [`${resource.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}:${value}`]
  })
}
