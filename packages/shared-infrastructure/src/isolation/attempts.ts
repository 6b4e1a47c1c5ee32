// What is tried with one operation: its example as it is, with the tenant's own ids, and with
// another tenant's id in each place that takes one.
import type { NamedOperation } from '@prognetwork/contracts'
import type { RawInput } from '../host/operation.ts'
import { newId } from '../service/identifier.ts'
import { type IdPlace, idPlaces, inputWith, isShown, refusedPlaces } from './id-places.ts'

/** Ids by resource. */
export type Made = Readonly<Record<string, readonly string[]>>

/** A request and the ids in it that are not the asking tenant's. */
interface Request {
  readonly ids: readonly string[]
  readonly input: RawInput
}

/** Another tenant's ids in some places, and the same request twice with ids that nobody has. */
export interface AimedAttempt extends Request {
  readonly pointer: string
  readonly nobody: readonly [Request, Request]
}

export interface Attempts {
  readonly places: readonly IdPlace[]
  /** With the ids of the tenant that asks. */
  readonly own: readonly RawInput[]
  readonly aimed: readonly AimedAttempt[]
  /** Why something could not be tried: a hole in the proof. */
  readonly gaps: readonly string[]
}

/** Every attempt of a tenant that has `mine` on a tenant that has `theirs`. */
export function attemptsOn(operation: NamedOperation, mine: Made, theirs: Made): Attempts {
  const places = idPlaces(operation)
  const gaps = new Set<string>()
  for (const { pointer, resource } of places)
    if (!mine[resource]?.length || !theirs[resource]?.length)
      gaps.add(`takes the id of a ${resource} at ${pointer}, and no fixture makes one`)
  if (gaps.size > 0) return { places, own: [], aimed: [], gaps: [...gaps] }

  const shown = places.filter((place) => isShown(operation, place))
  const ownIds = new Map(shown.map((place) => [place, mine[place.resource]?.[0] ?? '']))
  const build = (ids: ReadonlyMap<IdPlace, string>, what: string): RawInput | undefined => {
    const refused = new Set<string>()
    for (const elements of ['first', 'all'] as const) {
      const input = inputWith(operation, new Map([...ownIds, ...ids]), elements)
      const places = input ? refusedPlaces(operation, input) : []
      if (input && places.length === 0) return input
      for (const place of places) refused.add(place)
    }
    gaps.add(
      refused.size > 0
        ? `cannot be tried ${what}: its own schema refuses ${[...refused].join(', ')}`
        : `cannot be tried ${what}: its example shows nothing there`,
    )
    return undefined
  }
  const aim = (targets: readonly (readonly [IdPlace, string])[]): AimedAttempt[] => {
    const pointer = targets.map(([place]) => place.pointer).join(' and ')
    const request = (ids: readonly string[]): Request | undefined => {
      const put = new Map(targets.map(([place], index) => [place, ids[index] ?? '']))
      const input = build(put, `at ${pointer}`)
      return input && { ids, input }
    }
    const nobody = () => request(targets.map(() => newId()))
    const [aimed, one, other] = [request(targets.map(([, id]) => id)), nobody(), nobody()]
    return aimed && one && other ? [{ ...aimed, pointer, nobody: [one, other] }] : []
  }
  const whole = build(new Map(), 'as its example has it')
  return {
    places,
    own: whole ? [whole, ...bare(operation, whole)] : [],
    aimed: [
      ...places.flatMap((place) =>
        (theirs[place.resource] ?? []).flatMap((id) => aim([[place, id]])),
      ),
      // A part of another tenant's whole, such as the variant of its product.
      ...(places.length < 2
        ? []
        : aim(places.map((place) => [place, theirs[place.resource]?.[0] ?? '']))),
    ],
    gaps: [...gaps],
  }
}

/** Without what is optional in the query: a filter of the example would hide what a list shows. */
function bare(operation: NamedOperation, whole: RawInput): RawInput[] {
  const input = { ...whole, query: {} }
  const isBare = Object.keys(whole.query ?? {}).length === 0
  return isBare || refusedPlaces(operation, input).length > 0 ? [] : [input]
}
