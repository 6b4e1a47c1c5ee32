/** Values that examples share, so that the reference reads like one story. */
export const examples = {
  /** A UUIDv7; `n` tells one thing from another. */
  id: (n = 0): string => `01938d5e-7c1a-7b32-9f60-0c5b1a2d3e${(0x4f + n).toString(16)}`,
  time: '2026-11-21T09:30:00.000Z',
  laterTime: '2026-11-28T09:30:00.000Z',
  email: 'ada@example.com',
  address: '192.0.2.1',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
} as const
