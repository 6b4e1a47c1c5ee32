// What each thing of the demo's catalogue looks like: on a table whose far edge is at 560 of 800, or
// before a wall.
import type { Profile } from './brush.ts'
import { bench, birdTable, stool, wallShelf } from './furniture.ts'
import { leaf, type StillLife } from './still-life.ts'

const glow = (x: number, y: number, radius: number, opacity: number) =>
  `<circle cx="${x}" cy="${y}" r="${radius}" fill="url(#glow)" opacity="${opacity}"/>`

const stem = (d: string) =>
  `<path d="${d}" fill="none" stroke="hsl(100,20%,34%)" stroke-width="4" stroke-linecap="round"/>`

const standing = (x: number, y: number, radius: number) => ({
  horizon: 560,
  feet: [[x, y, radius] as const],
})

const readingLamp: StillLife = {
  ...standing(360, 650, 112),
  draw: (brush) =>
    [
      brush.solid(
        360,
        [
          [636, 112],
          [636, 112],
          [652, 114],
          [652, 114],
        ],
        'x',
      ),
      brush.rod([360, 640], [330, 380], 13),
      brush.rod([330, 386], [486, 236], 13),
      `<circle cx="330" cy="382" r="15" fill="${brush.tone(-16)}"/>`,
      glow(560, 420, 190, 0.75),
      '<g transform="rotate(-24 490 250)">',
      brush.turned(490, [
        [222, 22],
        [222, 22],
        [244, 36],
        [290, 76],
        [340, 106],
        [340, 106],
      ]),
      `${brush.disc(490, 222, 22, 'url(#lit)')}${brush.disc(490, 341, 100, 'hsl(44,90%,88%)')}</g>`,
    ].join(''),
}

const pendant: StillLife = {
  horizon: 660,
  feet: [],
  draw: (brush) =>
    [
      '<path d="M400 0V210" stroke="#3b3733" stroke-width="5"/>',
      glow(400, 480, 300, 0.8),
      brush.solid(400, [
        [206, 20],
        [206, 20],
        [236, 24],
        [236, 24],
      ]),
      brush.turned(400, [
        [232, 30],
        [232, 30],
        [262, 92],
        [322, 164],
        [412, 204],
        [412, 204],
      ]),
      brush.disc(400, 413, 196, 'hsl(44,84%,88%)'),
      glow(400, 420, 90, 1),
      '<ellipse cx="400" cy="736" rx="250" ry="40" fill="hsl(44,90%,92%)" opacity="0.35"/>',
    ].join(''),
}

const flame =
  '<path d="M400 142C424 176 422 202 400 208C378 202 378 176 400 142Z" fill="hsl(42,96%,72%)"/>' +
  '<path d="M400 170C412 188 411 202 400 206C389 202 389 188 400 170Z" fill="hsl(50,100%,92%)"/>'

const wax =
  '<path d="M379 226V420H421V226A21 5 0 0 0 379 226Z" fill="url(#wax)"/>' +
  '<ellipse cx="400" cy="226" rx="21" ry="5" fill="hsl(44,60%,95%)"/>' +
  '<path d="M400 226V204" stroke="#4a4038" stroke-width="3"/>'

const candlestick: StillLife = {
  ...standing(400, 660, 108),
  draw: (brush) =>
    [
      glow(400, 184, 200, 0.8),
      brush.turned(400, [
        ...[[440, 18] as const, [470, 16] as const, [492, 34] as const, [514, 17] as const],
        ...[[590, 21] as const, [626, 46] as const, [648, 104] as const, [660, 108] as const],
        [660, 108],
      ]),
      brush.vessel(
        400,
        [
          [410, 48],
          [410, 48],
          [424, 44],
          [444, 17],
          [444, 17],
        ],
        8,
        wax,
      ),
      flame,
    ].join(''),
}

const fruit = (x: number, y: number, radius: number, hue: number) =>
  `<circle cx="${x}" cy="${y}" r="${radius}" fill="hsl(${hue},52%,54%)"/>` +
  `<circle cx="${x}" cy="${y}" r="${radius}" fill="url(#ball)"/>`

const servingBowl: StillLife = {
  ...standing(400, 656, 112),
  scale: 1.2,
  draw: (brush) =>
    brush.vessel(
      400,
      [
        [470, 226],
        [470, 226],
        [540, 204],
        [606, 150],
        [640, 108],
        [656, 108],
        [656, 108],
      ],
      13,
      fruit(330, 450, 54, 38) + fruit(470, 446, 58, 16) + fruit(400, 432, 56, 74),
    ),
}

const mug: StillLife = {
  ...standing(380, 652, 108),
  scale: 1.3,
  draw: (brush) => {
    const handle = 'M486 452C590 434 606 584 478 592'
    const stroke = (colour: string, width: number, opacity: number) =>
      `<path d="${handle}" fill="none" stroke="${colour}" stroke-width="${width}" ` +
      `opacity="${opacity}"/>`
    const drink = brush.disc(380, 424, 104, 'hsl(24,46%,20%)')
    return [
      stroke(brush.tone(-18), 32, brush.isClear ? 0.4 : 1),
      `<g transform="translate(-3 -4)">${stroke(brush.tone(2), 18, brush.isClear ? 0.4 : 1)}</g>`,
      brush.vessel(
        380,
        [
          [410, 122],
          [410, 122],
          [520, 120],
          [610, 116],
          [650, 102],
          [650, 102],
        ],
        9,
        drink,
      ),
    ].join('')
  },
}

const carafe: StillLife = {
  ...standing(400, 660, 116),
  scale: 1.08,
  draw: (brush) => {
    const sprig = [
      stem(
        'M410 620L404 330C402 250 420 190 452 110M386 610L400 330C392 270 366 220 338 176M414 226C440 204 470 196 500 190',
      ),
      ...[leaf(450, 118, 24, 72, 40), leaf(436, 150, -30, 66, 34), leaf(428, 176, 66, 66, 44)],
      ...[leaf(340, 182, -34, 72, 38), leaf(360, 214, 20, 58, 45), leaf(366, 220, -70, 62, 33)],
      leaf(494, 192, 76, 64, 39),
    ].join('')
    const profile: Profile = [
      ...[[296, 58] as const, [296, 58] as const, [340, 42] as const, [410, 46] as const],
      ...[[500, 108] as const, [580, 138] as const, [640, 124] as const, [660, 108] as const],
      [660, 108],
    ]
    return brush.vessel(400, profile, 7, sprig)
  },
}

const cuttingBoard: StillLife = {
  horizon: 560,
  feet: [[400, 652, 190]],
  draw: (brush) =>
    [
      brush.side(
        [
          [565, 252],
          [574, 252],
          [584, 278],
          [594, 646],
          [580, 656],
          [570, 282],
        ],
        'shaded',
        'y',
      ),
      brush.side(boardFront, 'front', 'y'),
      '<circle cx="400" cy="176" r="19" fill="url(#hole)"/>',
      bread(300, 664),
    ].join(''),
}
const boardFront = [
  ...[[228, 282] as const, [236, 258] as const, [262, 248] as const, [352, 244] as const],
  ...[[362, 232] as const, [364, 152] as const, [376, 136] as const, [424, 136] as const],
  ...[[436, 152] as const, [438, 232] as const, [448, 244] as const, [540, 248] as const],
  ...[[564, 258] as const, [570, 282] as const, [580, 656] as const, [222, 656] as const],
]
const bread = (x: number, y: number) =>
  `<g transform="translate(${x} ${y})"><ellipse cx="20" cy="34" rx="150" ry="16" fill="#000" ` +
  'opacity="0.22"/><path d="M-130 20C-150 -50 -60 -84 10 -82C90 -80 152 -46 138 20C130 40 -120 40 ' +
  '-130 20Z" fill="url(#crust)"/><path d="M-70 -48L-34 -8M-14 -62L20 -14M46 -60L74 -14" ' +
  'stroke="hsl(34,58%,72%)" stroke-width="9" stroke-linecap="round" opacity="0.8"/></g>'

const storageJar: StillLife = {
  ...standing(400, 656, 124),
  scale: 1.2,
  draw: (brush) =>
    [
      brush.solid(400, [
        [330, 124],
        [330, 124],
        [380, 136],
        [600, 136],
        [652, 122],
        [652, 122],
      ]),
      '<path d="M290 296V326A110 22 0 0 0 510 326V296Z" fill="url(#cork)"/>',
      '<ellipse cx="400" cy="296" rx="110" ry="22" fill="hsl(30,38%,70%)"/>',
      '<path d="M374 268V292A26 6 0 0 0 426 292V268Z" fill="url(#cork)"/>',
      '<ellipse cx="400" cy="268" rx="26" ry="6" fill="hsl(30,38%,72%)"/>',
    ].join(''),
}

const mortar: StillLife = {
  ...standing(390, 656, 116),
  scale: 1.25,
  draw: (brush) => {
    const pestle = [
      brush.rod([540, 268], [420, 470], 34, 50),
      `<circle cx="540" cy="268" r="23" fill="${brush.tone(5)}"/>`,
    ].join('')
    const profile: Profile = [
      ...[[440, 172] as const, [440, 172] as const, [500, 168] as const, [570, 136] as const],
      ...[[604, 96] as const, [632, 108] as const, [654, 122] as const, [654, 122] as const],
    ]
    return brush.vessel(390, profile, 30, pestle)
  },
}

const plantPot: StillLife = {
  ...standing(400, 676, 130),
  draw: (brush) => {
    const leaves = [
      ...[
        [-64, 170, 30],
        [60, 176, 32],
        [-40, 220, 36],
        [38, 226, 38],
        [-18, 262, 42],
      ],
      ...[
        [16, 250, 46],
        [-84, 120, 40],
        [82, 124, 36],
      ],
    ].map(([angle = 0, length = 0, light = 0]) => leaf(400 + angle / 2, 462, angle, length, light))
    const soil = brush.disc(400, 462, 118, 'hsl(24,26%,20%)')
    return [
      brush.solid(400, [
        [650, 142],
        [650, 142],
        [672, 128],
        [672, 128],
      ]),
      brush.vessel(
        400,
        [
          [450, 142],
          [450, 142],
          [492, 140],
          [492, 130],
          [560, 120],
          [652, 98],
          [652, 98],
        ],
        12,
        soil + leaves.join(''),
      ),
    ].join('')
  },
}

export const stillLives: Readonly<Record<string, StillLife>> = {
  'Reading Lamp': readingLamp,
  Pendant: pendant,
  Candlestick: candlestick,
  'Serving Bowl': servingBowl,
  Mug: mug,
  Carafe: carafe,
  'Cutting Board': cuttingBoard,
  'Storage Jar': storageJar,
  Mortar: mortar,
  Bench: bench,
  Stool: stool,
  'Wall Shelf': wallShelf,
  'Plant Pot': plantPot,
  'Bird Table': birdTable,
}
