// A picture for each product of the demo, drawn from what the product is: no file of anybody is needed.
import { createHash } from 'node:crypto'
import { createBrush, type Random } from './brush.ts'
import { shadowsOf } from './still-life.ts'
import { stillLives } from './still-lives.ts'

export interface Subject {
  /** What makes a picture its product's own: the same is drawn the same. */
  readonly slug: string
  readonly thing: string
  readonly material: string
}

/** The colours of walls, by hue. */
const walls = [
  { hue: 38, saturation: 26 },
  { hue: 18, saturation: 22 },
  { hue: 96, saturation: 12 },
  { hue: 204, saturation: 16 },
  { hue: 336, saturation: 10 },
  { hue: 168, saturation: 11 },
]
/** What is pale stands before what is less so. */
const paleness: Readonly<Record<string, number>> = { Ash: 64, Stoneware: 61, Glass: 58, Slate: 80 }

/** An SVG of 800 by 800. */
export function drawProduct({ slug, thing, material }: Subject): string {
  const life = stillLives[thing]
  if (!life) throw new Error(`there is no picture of a ${thing}`)
  const random = randomFrom(slug)
  const brush = createBrush(material, random)
  const fitting = walls.filter(({ hue }) => apart(hue, brush.hue) > 50)
  const wall = fitting[Math.floor(random() * fitting.length)]
  const hue = (wall?.hue ?? 0) + random() * 12
  const light = (paleness[material] ?? 76) + random() * 4
  const room = (lighter: number) =>
    `hsl(${hue.toFixed(1)},${wall?.saturation}%,${(light + lighter).toFixed(1)}%)`
  const { horizon, scale = 1 } = life
  const size = (scale * (0.95 + random() * 0.08)).toFixed(3)
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800" viewBox="0 0 800 800"><defs>' +
    `<radialGradient id="wall" cx="0.24" cy="0.16" r="1"><stop stop-color="${room(12)}"/>` +
    `<stop offset="1" stop-color="${room(-8)}"/></radialGradient><linearGradient id="table" x2="1" ` +
    `y2="0.6"><stop stop-color="${room(4)}"/><stop offset="1" stop-color="${room(-14)}"/>` +
    `</linearGradient>${ownColours}${brush.definitions}</defs>` +
    '<rect width="800" height="800" fill="url(#wall)"/>' +
    `<rect y="${horizon}" width="800" height="${800 - horizon}" fill="url(#table)"/>` +
    `<rect y="${horizon}" width="800" height="3" fill="${room(12)}" opacity="0.5"/>` +
    `<g transform="translate(400 ${horizon}) scale(${size}) translate(-400 ${-horizon})">` +
    `${shadowsOf(life)}${life.draw(brush)}</g></svg>`
  )
}

/** How far from each other two hues are; a thing is seen before a colour that is not its own. */
function apart(one: number, other: number): number {
  const distance = Math.abs(one - other)
  return Math.min(distance, 360 - distance)
}

const fade = (id: string, colour: string, opacity: number) =>
  `<radialGradient id="${id}"><stop stop-color="${colour}" stop-opacity="${opacity}"/>` +
  `<stop offset="0.55" stop-color="${colour}" stop-opacity="${opacity * 0.4}"/>` +
  `<stop offset="1" stop-color="${colour}" stop-opacity="0"/></radialGradient>`

const across = (id: string, ...colours: readonly string[]) =>
  `<linearGradient id="${id}">${colours
    .map((one, at) => `<stop offset="${at / (colours.length - 1)}" stop-color="${one}"/>`)
    .join('')}</linearGradient>`

/** Of what stands beside, and is of the same whatever the product is of. */
const ownColours = [
  fade('shadow', '#1d1712', 0.62),
  fade('glow', 'hsl(44,100%,86%)', 0.8),
  across('wax', 'hsl(44,50%,92%)', 'hsl(42,44%,86%)', 'hsl(38,30%,68%)'),
  across('cork', 'hsl(30,36%,60%)', 'hsl(30,40%,66%)', 'hsl(26,36%,40%)'),
  across('clay', 'hsl(18,42%,58%)', 'hsl(18,44%,62%)', 'hsl(16,40%,40%)'),
  across('hole', 'rgba(0,0,0,0.6)', 'rgba(0,0,0,0.38)'),
  across('spine', 'rgba(255,255,255,0.12)', 'rgba(255,255,255,0.2)', 'rgba(0,0,0,0.3)'),
  '<radialGradient id="ball" cx="0.34" cy="0.28" r="0.8"><stop stop-color="#fff" stop-opacity="0.4"/>' +
    '<stop offset="0.5" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-opacity="0.42"/>' +
    '</radialGradient>',
  '<radialGradient id="crust" cx="0.36" cy="0.2" r="0.9"><stop stop-color="hsl(33,60%,60%)"/>' +
    '<stop offset="1" stop-color="hsl(24,56%,32%)"/></radialGradient>',
  '<linearGradient id="cast" x2="0" y2="1"><stop stop-opacity="0.34"/>' +
    '<stop offset="1" stop-opacity="0"/></linearGradient>',
].join('')

/** Numbers below one, the same for the same text. */
function randomFrom(text: string): Random {
  let state = createHash('sha256').update(text).digest().readUInt32LE(0) || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
