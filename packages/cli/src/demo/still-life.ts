import { type Brush, tilt } from './brush.ts'

export interface StillLife {
  /** How far down the wall goes. */
  readonly horizon: number
  /** Where things touch what they stand on, and how wide they are there. */
  readonly feet: readonly (readonly [x: number, y: number, radius: number])[]
  /** How much nearer it is looked at. */
  readonly scale?: number
  draw(brush: Brush): string
}

export const leaf = (x: number, y: number, angle: number, length: number, lightness: number) =>
  `<path transform="translate(${x} ${y}) rotate(${angle})" fill="hsl(112,24%,${lightness}%)" ` +
  `d="M0 0C${length * 0.3} ${-length * 0.3} ${length * 0.24} ${-length * 0.8} 0 ${-length}` +
  `C${-length * 0.24} ${-length * 0.8} ${-length * 0.3} ${-length * 0.3} 0 0Z"/>`

/** A shadow where something stands, and the longer one that it casts away from the window. */
export function shadowsOf({ feet }: StillLife): string {
  return feet
    .map(
      ([x, y, radius]) =>
        `<ellipse cx="${x + radius * 0.7}" cy="${y + 4}" rx="${radius * 1.9}" ` +
        `ry="${radius * tilt * 1.7}" fill="url(#shadow)" opacity="0.55"/>` +
        `<ellipse cx="${x + 6}" cy="${y + 3}" rx="${radius * 1.16}" ` +
        `ry="${radius * tilt * 1.35}" fill="url(#shadow)" opacity="0.9"/>`,
    )
    .join('')
}
