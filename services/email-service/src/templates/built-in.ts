// What order mails are made of where a tenant has published nothing of its own.
import type { Source } from '../rendering/job.ts'
import type { Values } from '../tables.ts'

export const orderMailNames = [
  'order_placed',
  'order_paid',
  'order_shipped',
  'order_refunded',
  'order_cancelled',
  'return_approved',
  'return_refused',
  'return_received',
  'return_refunded',
] as const
export type OrderMailName = (typeof orderMailNames)[number]

/** Every value that mails about an order have, for previews and to check templates against. */
export const orderSample = {
  shop: {
    name: 'Lovelace Looms',
    supportEmail: 'help@example.com',
    color: '#0f5f66',
    language: 'en',
  },
  customer: { name: 'Ada Lovelace', email: 'ada@example.com' },
  order: {
    reference: '7F3K2Q9D4X',
    placedAt: '21 November 2026',
    url: 'https://shop.example.com/orders/7F3K2Q9D4X',
    total: '£31.98',
    /** Between the lines and the total: what was taken off, shipping, tax. */
    sums: [{ name: 'Shipping', amount: '£0.00' }],
    lines: [
      {
        title: 'Clay pot',
        options: 'Large',
        quantity: 2,
        unitPrice: '£15.99',
        total: '£31.98',
      },
    ],
    address: {
      name: 'Ada Lovelace',
      lines: ['12 St James Square'],
      city: 'London',
      postalCode: 'SW1Y 4JH',
      region: 'Greater London',
      country: 'United Kingdom',
    },
    tracking: { carrier: 'Royal Mail', number: 'RM123456785GB' },
    /** What was sent at last, and whether nothing is left to be. */
    fulfilment: { lines: [{ title: 'Clay pot', options: 'Large', quantity: 2 }], isLast: true },
    reason: 'It came broken',
    /** Nothing is left to be paid, and it is not on its way yet. */
    isPaid: true,
  },
  /** Of mails about what is returned. */
  return: {
    lines: [{ title: 'Clay pot', options: 'Large', quantity: 1 }],
    amount: '£15.99',
    refunded: '£15.99',
    reason: 'It was worn',
  },
} satisfies Values

export type OrderValues = typeof orderSample

/** In the language of the shop, of those there are. */
const say = (en: string, de: string) =>
  `{% if shop.language == "de" %}${de}{% else %}${en}{% endif %}`
const total = say('Total', 'Summe')
const to = say('To', 'An')

const linesMjml = `<mj-table font-size="15px" line-height="24px">
          {% for line in order.lines %}
          <tr>
            <td style="padding:4px 8px 4px 0">{{ line.quantity }} &#215; {{ line.title }}{% if line.options != "" %}<br /><span style="color:#6b7280">{{ line.options }}</span>{% endif %}</td>
            <td style="padding:4px 0;text-align:right;white-space:nowrap">{{ line.total }}</td>
          </tr>
          {% endfor %}
          {% for sum in order.sums %}
          <tr>
            <td style="padding:4px 8px 4px 0;color:#6b7280">{{ sum.name }}</td>
            <td style="padding:4px 0;text-align:right;white-space:nowrap;color:#6b7280">{{ sum.amount }}</td>
          </tr>
          {% endfor %}
          <tr style="border-top:1px solid #d1d5db">
            <td style="padding:8px 8px 4px 0"><b>${total}</b></td>
            <td style="padding:8px 0 4px;text-align:right"><b>{{ order.total }}</b></td>
          </tr>
        </mj-table>`
const linesText = `{% for line in order.lines %}
{{ line.quantity }} x {{ line.title }}{% if line.options != "" %} ({{ line.options }}){% endif %}: {{ line.total }}{% endfor %}{% for sum in order.sums %}
{{ sum.name }}: {{ sum.amount }}{% endfor %}
${total}: {{ order.total }}`

const addressMjml = `<mj-text color="#6b7280">${to} {{ order.address.name }}<br />{% for line in order.address.lines %}{{ line }}<br />{% endfor %}{% if order.address.postalCode %}{{ order.address.postalCode }} {% endif %}{{ order.address.city }}<br />{{ order.address.country }}</mj-text>`
const addressText = `${to} {{ order.address.name }}
{% for line in order.address.lines %}{{ line }}
{% endfor %}{% if order.address.postalCode %}{{ order.address.postalCode }} {% endif %}{{ order.address.city }}
{{ order.address.country }}`

interface Part {
  readonly mjml: string
  readonly text: string
}

/** Goods without what they cost. */
function goods(list: string): Part {
  const options = '{% if line.options != "" %}'
  return {
    mjml: `<mj-table font-size="15px" line-height="24px">
          {% for line in ${list} %}
          <tr>
            <td style="padding:4px 8px 4px 0">{{ line.quantity }} &#215; {{ line.title }}${options}<br /><span style="color:#6b7280">{{ line.options }}</span>{% endif %}</td>
          </tr>
          {% endfor %}
        </mj-table>`,
    text: `{% for line in ${list} %}
{{ line.quantity }} x {{ line.title }}${options} ({{ line.options }}){% endif %}{% endfor %}`,
  }
}

const lines: Part = { mjml: linesMjml, text: linesText }
const sent = goods('order.fulfilment.lines')
const returned = goods('return.lines')
const address: Part = { mjml: addressMjml, text: addressText }
const paragraph = (liquid: string): Part => ({
  mjml: `<mj-text>${liquid}</mj-text>`,
  text: liquid,
})
const look = say('Look at the order', 'Bestellung ansehen')
const link: Part = {
  mjml: `<mj-button href="{{ order.url }}" align="left">${look}</mj-button>`,
  text: `${look}: {{ order.url }}`,
}
const foot = say(
  'Order {{ order.reference }} of {{ order.placedAt }} at {{ shop.name }}',
  'Bestellung {{ order.reference }} vom {{ order.placedAt }} bei {{ shop.name }}',
)
const questions = say('Questions?', 'Fragen?')

function orderMail(subject: string, title: string, parts: readonly Part[]): Source {
  return {
    subject,
    mjml: `<mjml>
  <mj-head>
    <mj-title>${subject}</mj-title>
    <mj-preview>${title}</mj-preview>
    <mj-attributes>
      <mj-all font-family="Helvetica, Arial, sans-serif" />
      <mj-text font-size="15px" line-height="24px" color="#111827" />
      <mj-button background-color="#111827" border-radius="6px" font-size="15px" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="#f3f4f6">
    <mj-section>
      <mj-column>
        <mj-text font-size="17px" font-weight="bold">{{ shop.name }}</mj-text>
      </mj-column>
    </mj-section>
    <mj-section background-color="#ffffff">
      <mj-column>
        <mj-text font-size="22px" line-height="30px" font-weight="bold">${title}</mj-text>
        ${parts.map(({ mjml }) => mjml).join('\n        ')}
      </mj-column>
    </mj-section>
    <mj-section>
      <mj-column>
        <mj-text font-size="13px" color="#6b7280">${foot}{% if shop.supportEmail %}. ${questions} {{ shop.supportEmail }}{% endif %}</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>`,
    text: `${[title, ...parts.map(({ text }) => text)].join('\n\n')}

${foot}{% if shop.supportEmail %}
${questions} {{ shop.supportEmail }}{% endif %}
`,
  }
}

const why = '{% if order.reason %}. {{ order.reason }}{% endif %}'
const refund = say(
  '{{ return.refunded }} goes back the way you paid.',
  '{{ return.refunded }} gehen auf dem Weg zurück, auf dem bezahlt wurde.',
)

export const builtInTemplates: Readonly<Record<OrderMailName, Source>> = {
  order_placed: orderMail(
    say('Your order {{ order.reference }}', 'Ihre Bestellung {{ order.reference }}'),
    say(
      'Thank you for your order, {{ customer.name }}',
      'Vielen Dank für Ihre Bestellung, {{ customer.name }}',
    ),
    [
      paragraph(
        say(
          '{% if order.isPaid %}Your payment of {{ order.total }} has arrived; we{% else %}We{% endif %} tell you as soon as it is on its way.',
          '{% if order.isPaid %}Ihre Zahlung über {{ order.total }} ist eingegangen. {% endif %}Wir melden uns, sobald sie unterwegs ist.',
        ),
      ),
      ...[lines, address, link],
    ],
  ),
  order_paid: orderMail(
    say(
      'Payment received for order {{ order.reference }}',
      'Zahlung für Bestellung {{ order.reference }} eingegangen',
    ),
    say(
      'Your payment of {{ order.total }} has arrived',
      'Ihre Zahlung über {{ order.total }} ist eingegangen',
    ),
    [
      paragraph(
        say(
          'Nothing is left to be done; we are getting your order ready.',
          'Es ist nichts weiter zu tun; wir stellen Ihre Bestellung zusammen.',
        ),
      ),
      link,
    ],
  ),
  order_shipped: orderMail(
    say(
      'Order {{ order.reference }} is on its way',
      'Bestellung {{ order.reference }} ist unterwegs',
    ),
    say(
      '{% if order.fulfilment.isLast %}Your order is on its way{% else %}A part of your order is on its way{% endif %}',
      '{% if order.fulfilment.isLast %}Ihre Bestellung ist unterwegs{% else %}Ein Teil Ihrer Bestellung ist unterwegs{% endif %}',
    ),
    [
      paragraph(
        say(
          '{{ order.tracking.carrier }} brings it: {{ order.tracking.number }}{% unless order.fulfilment.isLast %}. The rest follows{% endunless %}',
          'Es kommt mit {{ order.tracking.carrier }}: {{ order.tracking.number }}{% unless order.fulfilment.isLast %}. Der Rest folgt{% endunless %}',
        ),
      ),
      ...[sent, address, link],
    ],
  ),
  order_refunded: orderMail(
    say(
      'Refund for order {{ order.reference }}',
      'Erstattung für Bestellung {{ order.reference }}',
    ),
    say('You get {{ order.total }} back', 'Sie erhalten {{ order.total }} zurück'),
    [
      paragraph(
        say('It goes back the way you paid', 'Es geht auf dem Weg zurück, auf dem bezahlt wurde') +
          why,
      ),
      link,
    ],
  ),
  order_cancelled: orderMail(
    say(
      'Order {{ order.reference }} was cancelled',
      'Bestellung {{ order.reference }} wurde storniert',
    ),
    say('Your order was cancelled', 'Ihre Bestellung wurde storniert'),
    [
      paragraph(
        say(
          'What you paid goes back the way it came',
          'Was Sie bezahlt haben, geht auf dem gleichen Weg zurück',
        ) + why,
      ),
      ...[lines, link],
    ],
  ),
  return_approved: orderMail(
    say(
      'Your return for order {{ order.reference }}',
      'Ihre Rückgabe zu Bestellung {{ order.reference }}',
    ),
    say('You can send it back', 'Sie können es zurücksenden'),
    [
      paragraph(
        say(
          'Once it has come, {{ return.amount }} goes back the way you paid.',
          'Sobald es da ist, gehen {{ return.amount }} auf dem Weg zurück, auf dem bezahlt wurde.',
        ),
      ),
      ...[returned, link],
    ],
  ),
  return_refused: orderMail(
    say(
      'Your return for order {{ order.reference }}',
      'Ihre Rückgabe zu Bestellung {{ order.reference }}',
    ),
    say('We cannot take it back', 'Wir können es nicht zurücknehmen'),
    [paragraph('{% if return.reason %}{{ return.reason }}{% endif %}'), ...[returned, link]],
  ),
  return_received: orderMail(
    say(
      'Your return for order {{ order.reference }} has come',
      'Ihre Rückgabe zu Bestellung {{ order.reference }} ist da',
    ),
    say('What you sent back has come', 'Ihre Rücksendung ist angekommen'),
    [
      paragraph(
        say(
          'We look at it, and tell you what goes back to you.',
          'Wir sehen sie uns an und melden uns, was an Sie zurückgeht.',
        ),
      ),
      ...[returned, link],
    ],
  ),
  return_refunded: orderMail(
    say(
      'Refund for your return of order {{ order.reference }}',
      'Erstattung für Ihre Rückgabe zu Bestellung {{ order.reference }}',
    ),
    say('You get {{ return.refunded }} back', 'Sie erhalten {{ return.refunded }} zurück'),
    [paragraph(refund), ...[returned, link]],
  ),
}

export function isOrderMail(name: string): name is OrderMailName {
  return orderMailNames.some((one) => one === name)
}
