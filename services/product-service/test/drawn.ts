// Pictures that tests draw, and how they are sent.
import type { TestClient } from '@prognetwork/testing'
import sharp, { type Sharp } from 'sharp'

export const formats = ['jpeg', 'png', 'webp', 'gif', 'avif'] as const
type Format = (typeof formats)[number]

let drawn = 0

/** Unlike every other that was drawn. */
export function draw(
  width: number,
  height: number,
  format: Format = 'png',
  alter: (one: Sharp) => Sharp = (one) => one,
): Promise<Buffer> {
  drawn++
  const background = { r: drawn % 256, g: (drawn >> 8) % 256, b: 90 }
  const plain = sharp({ create: { width, height, channels: 3, background } })
  return alter(plain).toFormat(format).toBuffer()
}

/** Sent as a browser sends a file. */
export function send(
  staff: TestClient,
  productId: string,
  file: Buffer | string,
  { type = 'image/png', alt }: { type?: string; alt?: string } = {},
) {
  const query = alt === undefined ? '' : `?${new URLSearchParams({ alt })}`
  return staff.raw('POST', `/api/v1/catalogue/products/${productId}/pictures${query}`, {
    headers: { 'content-type': type },
    body: file,
  })
}
