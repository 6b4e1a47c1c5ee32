const materials = ['Oak', 'Clay', 'Copper', 'Linen', 'Wool', 'Glass', 'Slate']
const things = ['Bench', 'Pot', 'Lamp', 'Cloth', 'Blanket', 'Vase', 'Board', 'Chair', 'Basket']
const vendors = ['Lovelace Looms', 'Babbage & Sons', 'Hopper Kilns', 'Noether Works']
const sizes = ['Small', 'Large']

/** A product list of our own form, the same for the same count; each product has two variants. */
export function productList(count: number): string {
  const rows = ['slug,title,vendor,type,tags,status,option1_name,option1_value,sku,price,on_hand']
  for (let n = 0; n < count; n++) {
    const thing = things[n % things.length]
    const title = `${materials[n % materials.length]} ${thing} ${n + 1}`
    const slug = title.toLowerCase().replaceAll(' ', '-')
    for (const [index, size] of sizes.entries()) {
      const price = `${5 + ((n * 7 + index * 13) % 200)}.90`
      const cells =
        index === 0 ? [title, vendors[n % vendors.length], thing, 'demo'] : ['', '', '', '']
      const status = index === 0 ? 'active' : ''
      const sku = `DEMO-${n + 1}-${size.charAt(0)}`
      rows.push([slug, ...cells, status, 'Size', size, sku, price, (n * 3) % 40].join(','))
    }
  }
  return `${rows.join('\n')}\n`
}
