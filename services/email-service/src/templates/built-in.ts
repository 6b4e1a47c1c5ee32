// What order mails are made of where a tenant has published nothing of its own.
import type { Source } from '../rendering/job.ts'
import type { Values } from '../tables.ts'

export const orderMailNames = [
  'order_placed',
  'order_paid',
  'order_shipped',
  'order_refunded',
  'order_cancelled',
] as const
export type OrderMailName = (typeof orderMailNames)[number]

/** Every value that mails about an order have, for previews and to check templates against. */
export const orderSample = {
  shop: { name: 'Lovelace Looms', supportEmail: 'help@example.com', color: '#0f5f66' },
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
} satisfies Values

export type OrderValues = typeof orderSample

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
            <td style="padding:8px 8px 4px 0"><b>Total</b></td>
            <td style="padding:8px 0 4px;text-align:right"><b>{{ order.total }}</b></td>
          </tr>
        </mj-table>`
const linesText = `{% for line in order.lines %}
{{ line.quantity }} x {{ line.title }}{% if line.options != "" %} ({{ line.options }}){% endif %}: {{ line.total }}{% endfor %}{% for sum in order.sums %}
{{ sum.name }}: {{ sum.amount }}{% endfor %}
Total: {{ order.total }}`

const addressMjml = `<mj-text color="#6b7280">To {{ order.address.name }}<br />{% for line in order.address.lines %}{{ line }}<br />{% endfor %}{% if order.address.postalCode %}{{ order.address.postalCode }} {% endif %}{{ order.address.city }}<br />{{ order.address.country }}</mj-text>`
const addressText = `To {{ order.address.name }}
{% for line in order.address.lines %}{{ line }}
{% endfor %}{% if order.address.postalCode %}{{ order.address.postalCode }} {% endif %}{{ order.address.city }}
{{ order.address.country }}`

const sentMjml = `<mj-table font-size="15px" line-height="24px">
          {% for line in order.fulfilment.lines %}
          <tr>
            <td style="padding:4px 8px 4px 0">{{ line.quantity }} &#215; {{ line.title }}{% if line.options != "" %}<br /><span style="color:#6b7280">{{ line.options }}</span>{% endif %}</td>
          </tr>
          {% endfor %}
        </mj-table>`
const sentText = `{% for line in order.fulfilment.lines %}
{{ line.quantity }} x {{ line.title }}{% if line.options != "" %} ({{ line.options }}){% endif %}{% endfor %}`

interface Part {
  readonly mjml: string
  readonly text: string
}

const lines: Part = { mjml: linesMjml, text: linesText }
const sent: Part = { mjml: sentMjml, text: sentText }
const address: Part = { mjml: addressMjml, text: addressText }
const paragraph = (liquid: string): Part => ({
  mjml: `<mj-text>${liquid}</mj-text>`,
  text: liquid,
})
const link: Part = {
  mjml: '<mj-button href="{{ order.url }}" align="left">Look at the order</mj-button>',
  text: 'Look at the order: {{ order.url }}',
}

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
        <mj-text font-size="13px" color="#6b7280">Order {{ order.reference }} of {{ order.placedAt }} at {{ shop.name }}{% if shop.supportEmail %}. Questions? {{ shop.supportEmail }}{% endif %}</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>`,
    text: `${[title, ...parts.map(({ text }) => text)].join('\n\n')}

Order {{ order.reference }} of {{ order.placedAt }} at {{ shop.name }}{% if shop.supportEmail %}
Questions? {{ shop.supportEmail }}{% endif %}
`,
  }
}

export const builtInTemplates: Readonly<Record<OrderMailName, Source>> = {
  order_placed: orderMail(
    'Your order {{ order.reference }}',
    'Thank you for your order, {{ customer.name }}',
    [
      paragraph(
        '{% if order.isPaid %}Your payment of {{ order.total }} has arrived; we{% else %}We{% endif %} tell you as soon as it is on its way.',
      ),
      ...[lines, address, link],
    ],
  ),
  order_paid: orderMail(
    'Payment received for order {{ order.reference }}',
    'Your payment of {{ order.total }} has arrived',
    [paragraph('Nothing is left to be done; we are getting your order ready.'), link],
  ),
  order_shipped: orderMail(
    'Order {{ order.reference }} is on its way',
    '{% if order.fulfilment.isLast %}Your order is on its way{% else %}A part of your order is on its way{% endif %}',
    [
      paragraph(
        '{{ order.tracking.carrier }} brings it: {{ order.tracking.number }}{% unless order.fulfilment.isLast %}. The rest follows{% endunless %}',
      ),
      ...[sent, address, link],
    ],
  ),
  order_refunded: orderMail(
    'Refund for order {{ order.reference }}',
    'You get {{ order.total }} back',
    [
      paragraph(
        'It goes back the way you paid{% if order.reason %}. {{ order.reason }}{% endif %}',
      ),
      link,
    ],
  ),
  order_cancelled: orderMail(
    'Order {{ order.reference }} was cancelled',
    'Your order was cancelled',
    [
      paragraph(
        'What you paid goes back the way it came{% if order.reason %}. {{ order.reason }}{% endif %}',
      ),
      ...[lines, link],
    ],
  ),
}

export function isOrderMail(name: string): name is OrderMailName {
  return orderMailNames.some((one) => one === name)
}
