import sharp from 'sharp'
import { expect, test } from 'vitest'
import { demoProducts } from '../src/demo/catalogue.ts'
import { drawProduct } from '../src/demo/drawing.ts'

const subjects = demoProducts().map(({ material, product }) => ({
  slug: product.title.toLowerCase().replaceAll(' ', '-'),
  thing: product.type,
  material,
}))

test('every product of the demo is drawn as something that can be seen, each its own way', async () => {
  const pictures = subjects.map(drawProduct)
  expect(new Set(pictures).size).toBe(84)
  for (const picture of pictures) {
    const small = await sharp(Buffer.from(picture)).resize(80).png().toBuffer()
    const { channels, isOpaque } = await sharp(small).stats()
    expect(isOpaque).toBe(true)
    for (const { min, max } of channels.slice(0, 3)) expect(max - min).toBeGreaterThan(20)
    expect(picture).not.toMatch(/NaN|undefined/)
  }
})

test('the same slug is drawn the same, and another of its kind differently', () => {
  const mug = { slug: 'oak-mug', thing: 'Mug', material: 'Oak' }
  expect(drawProduct(mug)).toBe(drawProduct({ ...mug }))
  expect(drawProduct({ ...mug, slug: 'oak-mug-2' })).not.toBe(drawProduct(mug))
})

test('nothing is drawn for a thing or a material that has no picture', () => {
  const mug = { slug: 'oak-mug', thing: 'Mug', material: 'Oak' }
  expect(() => drawProduct({ ...mug, thing: 'Car' })).toThrow('no picture of a Car')
  expect(() => drawProduct({ ...mug, material: 'Lead' })).toThrow('anything of Lead')
})
