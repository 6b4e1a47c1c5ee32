/** What the form of the checkout says, as the operations take it; they say what is wrong with it. */
export function readCheckout(form: FormData) {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const [month, year] = text('expiry').split('/')
  const lines = [text('line1'), text('line2')].filter((line) => line !== '')
  const shippingMethodId = text('shipping')
  const [amountMinor, currency] = text('expected').split(' ')
  const shown = {
    ...{ email: text('email'), name: text('name'), line1: text('line1'), line2: text('line2') },
    ...{ city: text('city'), postalCode: text('postalCode') },
  }
  return {
    shown,
    card: {
      number: text('cardNumber'),
      expiryMonth: Number(month),
      // `30` is 2030 on a card.
      expiryYear: Number(year?.trim().padStart(4, '20')),
      securityCode: text('securityCode'),
    },
    order: {
      email: shown.email,
      shippingAddress: {
        ...{ name: shown.name, lines, city: shown.city, country: text('country') },
        ...(shown.postalCode !== '' && { postalCode: shown.postalCode }),
      },
      ...(shippingMethodId !== '' && { shippingMethodId }),
      ...(currency && { expectedTotal: { amountMinor: Number(amountMinor), currency } }),
    },
  }
}
