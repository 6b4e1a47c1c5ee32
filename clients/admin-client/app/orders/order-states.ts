export const orderStates = [
  ...(['awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered', 'returned'] as const),
  ...(['cancelled', 'refunded'] as const),
]
