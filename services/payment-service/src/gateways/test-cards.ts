// The cards that the sandbox takes. Numbers are those that test modes of gateways share, so that
// nobody has to learn others; none of them can be a card that money is on.
import type { payments } from '../tables.ts'

type FailureCode = NonNullable<(typeof payments.$inferSelect)['failureCode']>

export interface TestCard {
  readonly number: string
  readonly brand: string
  readonly outcome: string
  readonly behaves:
    | 'succeeds'
    | 'asks'
    | 'succeeds later'
    | 'fails later'
    | 'is disputed'
    | { readonly fails: FailureCode }
}

export const testCards: readonly TestCard[] = [
  {
    ...{ number: '4242424242424242', brand: 'visa', behaves: 'succeeds' },
    outcome: 'The payment succeeds',
  },
  {
    ...{ number: '5555555555554444', brand: 'mastercard', behaves: 'succeeds' },
    outcome: 'The payment succeeds',
  },
  {
    ...{ number: '4000000000000002', brand: 'visa', behaves: { fails: 'card_declined' } },
    outcome: 'The card is declined',
  },
  {
    ...{ number: '4000000000009995', brand: 'visa', behaves: { fails: 'insufficient_funds' } },
    outcome: 'There is not enough money on the card',
  },
  {
    ...{ number: '4000000000000069', brand: 'visa', behaves: { fails: 'expired_card' } },
    outcome: 'The card has expired',
  },
  {
    ...{ number: '4000002500003155', brand: 'visa', behaves: 'asks' },
    outcome: 'The payer is asked to show who they are',
  },
  {
    ...{ number: '4000000000000077', brand: 'visa', behaves: 'succeeds later' },
    outcome: 'The payment succeeds, which is known seconds later',
  },
  {
    ...{ number: '4000000000000341', brand: 'visa', behaves: 'fails later' },
    outcome: 'The payment fails, which is known seconds later',
  },
  {
    ...{ number: '4000000000000259', brand: 'visa', behaves: 'is disputed' },
    outcome: 'The payment succeeds, and seconds later its payer disputes it',
  },
]

function testCardOf(number: string): TestCard | undefined {
  return testCards.find((one) => one.number === number)
}

/** What is paid with: `sandbox_<number>_<month><year>`. */
export function methodOf(
  card: TestCard,
  { month, year }: { readonly month: number; readonly year: number },
): string {
  const two = (value: number) => String(value % 100).padStart(2, '0')
  return `sandbox_${card.number}_${two(month)}${two(year)}`
}

/** The card of a method, and the first moment at which it is not valid any more. */
export function cardOf(method: string): { card: TestCard; endsAt: string } | undefined {
  const [, number = '', month, year] =
    /^sandbox_(\d{12,19})_(0[1-9]|1[0-2])(\d\d)$/.exec(method) ?? []
  const card = testCardOf(number)
  // Months count from nought, so that this is the first of the month after.
  return (
    card && { card, endsAt: new Date(Date.UTC(2_000 + Number(year), Number(month))).toISOString() }
  )
}
