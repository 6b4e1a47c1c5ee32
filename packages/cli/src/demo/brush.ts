// What all pictures of the demo share: materials, and solids of them lit from the upper left.

type Point = readonly [x: number, y: number]
/** From the top down: how far below the picture's edge, and how wide on both sides of the middle. */
export type Profile = readonly (readonly [y: number, radius: number])[]
export type Random = () => number

interface Finish {
  readonly hue: number
  readonly saturation: number
  readonly lightness: number
  /** Around a turned thing from left to right: where, how much lighter, how opaque. */
  readonly around: readonly (readonly [at: number, lighter: number, opacity?: number])[]
  readonly texture: 'grain' | 'speckle' | 'cleft' | 'shine' | 'clear'
}

const matte = [
  [0, 0],
  [0.26, 9],
  [0.55, 0],
  [0.9, -17],
  [1, -12],
] as const

const brass = [
  ...[[0, -16] as const, [0.1, 2] as const, [0.22, 30] as const, [0.32, 14] as const],
  ...[[0.52, -4] as const, [0.7, -20] as const, [0.84, -4] as const, [0.92, 10] as const],
  [1, -18] as const,
]

const clear = [
  [0, -24, 0.62],
  [0.07, -6, 0.34],
  [0.3, 14, 0.2],
  [0.7, 4, 0.22],
  [0.93, -12, 0.4],
  [1, -30, 0.68],
] as const

const finishes: Readonly<Record<string, Finish>> = {
  Oak: { hue: 31, saturation: 43, lightness: 50, around: matte, texture: 'grain' },
  Ash: { hue: 38, saturation: 36, lightness: 74, around: matte, texture: 'grain' },
  Stoneware: { hue: 36, saturation: 20, lightness: 78, around: matte, texture: 'speckle' },
  Brass: { hue: 42, saturation: 55, lightness: 51, around: brass, texture: 'shine' },
  Slate: { hue: 212, saturation: 10, lightness: 34, around: matte, texture: 'cleft' },
  Glass: { hue: 146, saturation: 24, lightness: 62, around: clear, texture: 'clear' },
}

/** How high a circle is that lies on the table, of how wide it is. */
export const tilt = 0.2

export function createBrush(material: string, random: Random) {
  const finish = finishes[material]
  if (!finish) throw new Error(`there is no picture of anything of ${material}`)
  const { hue, saturation, lightness, texture } = finish
  const isClear = texture === 'clear'
  let clips = 0

  function tone(lighter: number): string {
    const lit = Math.min(96, Math.max(6, lightness + lighter))
    return `hsl(${hue},${saturation}%,${lit.toFixed(1)}%)`
  }

  const stops = finish.around.map(
    ([at, lighter, opacity = 1]) =>
      `<stop offset="${at}" stop-color="${tone(lighter)}" stop-opacity="${opacity}"/>`,
  )
  const veil = isClear ? 0.42 : 1
  const plane = (id: string, from: number, to: number) =>
    `<linearGradient id="${id}" x2="0.9" y2="0.4"><stop stop-color="${tone(from)}" ` +
    `stop-opacity="${veil}"/><stop offset="1" stop-color="${tone(to)}" ` +
    `stop-opacity="${veil}"/></linearGradient>`
  const definitions = [
    `<linearGradient id="round">${stops.join('')}</linearGradient>`,
    plane('lit', 15, 6),
    plane('front', texture === 'shine' ? 12 : 2, texture === 'shine' ? -12 : -8),
    plane('shaded', -12, -22),
    plane('inside', -26, isClear ? 8 : -6),
    '<linearGradient id="low" x2="0" y2="1"><stop offset="0.45" stop-opacity="0"/>' +
      '<stop offset="1" stop-opacity="0.24"/></linearGradient>',
  ].join('')

  /** What the material is known by, over a box; along is where its fibres go. */
  function texturing([left, top]: Point, [right, bottom]: Point, along: 'x' | 'y'): string {
    const [width, height] = [right - left, bottom - top]
    const within = (from: number, length: number) => (from + random() * length).toFixed(1)
    if (texture === 'speckle')
      return Array.from({ length: Math.min(110, (width * height) / 320) }, () => {
        const [x, y] = [within(left, width), within(top, height)]
        const opacity = (0.2 + random() * 0.4).toFixed(2)
        const radius = (0.7 + random() ** 3 * 2.4).toFixed(1)
        return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${tone(-46)}" opacity="${opacity}"/>`
      }).join('')
    if (texture !== 'grain' && texture !== 'cleft') return ''
    const [across, length] = along === 'x' ? [height, width] : [width, height]
    const lines = Math.min(26, 2 + across / (texture === 'grain' ? 9 : 22))
    return Array.from({ length: lines }, () => {
      const [at, bend] = [random() * across, (random() - 0.5) * 12]
      const [from, to] = texture === 'grain' ? [0, 1] : [random() * 0.6, 0.5 + random() * 0.5]
      const place = (part: number, aside: number) =>
        along === 'x'
          ? `${(left + length * part).toFixed(1)} ${(top + at + aside).toFixed(1)}`
          : `${(left + at + aside).toFixed(1)} ${(top + length * part).toFixed(1)}`
      const colour = texture === 'grain' ? tone(-18) : tone(random() < 0.5 ? 16 : -12)
      const d = `M${place(from, 0)}C${place(0.33, bend)} ${place(0.66, -bend)} ${place(to, bend / 3)}`
      const stroke = `stroke="${colour}" stroke-width="${(0.8 + random() * 1.8).toFixed(1)}"`
      return `<path d="${d}" fill="none" ${stroke} opacity="${(0.18 + random() * 0.3).toFixed(2)}"/>`
    }).join('')
  }

  function clipped(d: string, content: string): string {
    if (content === '') return ''
    const id = `c${clips++}`
    return `<clipPath id="${id}"><path d="${d}"/></clipPath><g clip-path="url(#${id})">${content}</g>`
  }

  /** A flat side with these corners. */
  function side(
    corners: readonly Point[],
    face: 'lit' | 'front' | 'shaded',
    along: 'x' | 'y' = 'x',
  ) {
    const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
    const d = `M${corners.map((one) => one.join(' ')).join('L')}Z`
    const edge = `stroke="${tone(isClear ? 26 : 0)}" stroke-opacity="${isClear ? 0.7 : 0.35}"`
    const from: Point = [Math.min(...xs), Math.min(...ys)]
    return (
      `<path d="${d}" fill="url(#${face})" ${edge} stroke-width="1.5" stroke-linejoin="round"/>` +
      clipped(d, texturing(from, [Math.max(...xs), Math.max(...ys)], along))
    )
  }

  /** A thing from the lathe; seen from above, its upper edge is a circle that the eye looks over. */
  function turned(middle: number, profile: Profile, along: 'x' | 'y' = 'y'): string {
    const { d, box } = outline(middle, profile)
    const [[left, top], [right, bottom]] = box
    const width = right - left
    const shine = isClear || texture === 'shine'
    const streak = (at: number, wide: number, opacity: number) =>
      `<rect x="${left + width * at}" y="${top}" width="${width * wide}" ` +
      `height="${bottom - top}" rx="${width * wide}" fill="#fff" opacity="${opacity}"/>`
    const light = shine ? streak(0.16, 0.05, 0.3) + (isClear ? streak(0.86, 0.02, 0.24) : '') : ''
    const shade = isClear ? '' : `<path d="${d}" fill="url(#low)"/>`
    return (
      `<path d="${d}" fill="url(#round)"/>` +
      clipped(d, texturing([left, top], [right, bottom], along) + light) +
      shade
    )
  }

  const disc = (middle: number, y: number, radius: number, fill: string) =>
    `<ellipse cx="${middle}" cy="${y}" rx="${radius}" ry="${radius * tilt}" fill="${fill}"/>`

  /** A turned thing that is closed at its top. */
  function solid(middle: number, profile: Profile, along?: 'x' | 'y'): string {
    const [[y, radius] = [0, 0]] = profile
    return turned(middle, profile, along) + disc(middle, y, radius, 'url(#lit)')
  }

  /** A turned thing that is open at its top, with what stands in it. */
  function vessel(middle: number, profile: Profile, thickness: number, content = ''): string {
    const [[y, radius] = [0, 0]] = profile
    const inner = radius - thickness
    const arc = (r: number, to: number, sweep: 0 | 1) =>
      `A${r} ${r * tilt} 0 0 ${sweep} ${middle + to} ${y}`
    const lip =
      `M${middle - radius} ${y}${arc(radius, radius, 0)}L${middle + inner} ${y}` +
      `${arc(inner, -inner, 1)}Z`
    const back = disc(middle, y, radius, 'url(#lit)') + disc(middle, y, inner, 'url(#inside)')
    return `${back}${content}${turned(middle, profile)}<path d="${lip}" fill="url(#lit)"/>`
  }

  /** A rod from one place to another. */
  function rod([x, y]: Point, [toX, toY]: Point, wide: number, narrow = wide): string {
    const length = Math.hypot(toX - x, toY - y)
    const angle = (Math.atan2(x - toX, toY - y) * 180) / Math.PI
    const d = `M${-wide / 2} 0L${wide / 2} 0L${narrow / 2} ${length}L${-narrow / 2} ${length}Z`
    return (
      `<g transform="translate(${x} ${y}) rotate(${angle.toFixed(2)})">` +
      `<path d="${d}" fill="url(#round)"/>` +
      `${clipped(d, texturing([-wide / 2, 0], [wide / 2, length], 'y'))}</g>`
    )
  }

  return { hue, definitions, tone, side, turned, solid, vessel, disc, rod, isClear }
}
export type Brush = ReturnType<typeof createBrush>

/** Smooth down both sides; round at the foot, and hollow at the top where its front edge is. */
function outline(middle: number, profile: Profile) {
  const down = profile.map(([y, radius]): Point => [middle + radius, y])
  const up = profile.map(([y, radius]): Point => [middle - radius, y]).reverse()
  const [[top, upper] = [0, 0]] = profile
  const [bottom, lower] = profile.at(-1) ?? [0, 0]
  const foot = `A${lower} ${lower * tilt} 0 0 1 ${middle - lower} ${bottom}`
  const rim = `A${upper} ${upper * tilt} 0 0 0 ${middle + upper} ${top}`
  const widest = Math.max(...profile.map(([, radius]) => radius))
  const box: readonly [Point, Point] = [
    [middle - widest, top],
    [middle + widest, bottom + lower * tilt],
  ]
  return { d: `M${down[0]?.join(' ')}${curve(down)}${foot}${curve(up)}${rim}Z`, box }
}

/** Through all points; a point that comes twice is a corner. */
function curve(points: readonly Point[]): string {
  return points
    .slice(1)
    .map((to, index) => {
      const from = points[index] ?? to
      const [before, after] = [points[index - 1] ?? from, points[index + 2] ?? to]
      const bend = (at: Point, a: Point, b: Point, sign: 1 | -1) =>
        `${(at[0] + (sign * (b[0] - a[0])) / 6).toFixed(1)} ${(at[1] + (sign * (b[1] - a[1])) / 6).toFixed(1)}`
      return `C${bend(from, before, to, 1)} ${bend(to, from, after, -1)} ${to.join(' ')}`
    })
    .join('')
}
