const method = (number: string) => `sandbox_${number}_1290`

/** What test cards come to, as things to pay with. */
export const cards = {
  good: method('4242424242424242'),
  declined: method('4000000000000002'),
  poor: method('4000000000009995'),
  old: method('4000000000000069'),
  asks: method('4000002500003155'),
  disputed: method('4000000000000259'),
  slow: method('4000000000000077'),
  slowRefusal: method('4000000000000341'),
} as const
