// A warehouse beside the platform: it tells of parcels, and keeps a count of them by what it hears.
import { createEventClient } from '@prognetwork/event-client'

interface WarehouseEvents {
  'parcel.arrived': { gate: number }
  'parcel.left': { gate: number }
}

/** Tells of parcels that come and go, and resolves with how many are in once all of it was heard. */
export async function countParcels(options: { url: string; apiKey: string }): Promise<number> {
  const events = createEventClient<WarehouseEvents>(options)
  const counted = new AbortController()
  let inside = 0
  let heard = 0
  const counting = events.work(
    'warehouse-count',
    ({ type }) => {
      inside += type === 'parcel.arrived' ? 1 : -1
      heard += 1
      if (heard === 3) counted.abort()
    },
    { types: ['parcel.*'], startAt: 'beginning', signal: counted.signal },
  )
  await events.publish([
    { type: 'parcel.arrived', subject: 'parcel-81', data: { gate: 3 } },
    { type: 'parcel.arrived', subject: 'parcel-82', data: { gate: 1 } },
    { type: 'parcel.left', subject: 'parcel-81', data: { gate: 2 } },
  ])
  await counting
  return inside
}
