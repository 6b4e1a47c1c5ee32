/** The last while, as addresses name it; a link to it stays true. */
export const ranges = [
  { name: '15m', minutes: 15 },
  { name: '1h', minutes: 60 },
  { name: '1d', minutes: 1_440 },
  { name: '7d', minutes: 10_080 },
] as const
