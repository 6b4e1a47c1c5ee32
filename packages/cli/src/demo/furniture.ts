// What of the demo's catalogue is put together of boards and posts.
import { leaf, type StillLife } from './still-life.ts'

export const bench: StillLife = {
  horizon: 500,
  scale: 1.12,
  feet: [
    [190, 640, 60],
    [612, 640, 60],
    [400, 640, 260],
  ],
  draw: (brush) =>
    [
      brush.side(
        [
          [206, 450],
          [232, 450],
          [232, 604],
          [206, 604],
        ],
        'shaded',
        'y',
      ),
      brush.side(
        [
          [568, 450],
          [594, 450],
          [594, 604],
          [568, 604],
        ],
        'shaded',
        'y',
      ),
      brush.side(
        [
          [190, 540],
          [610, 540],
          [610, 556],
          [190, 556],
        ],
        'shaded',
      ),
      brush.side(
        [
          [150, 462],
          [190, 462],
          [186, 646],
          [154, 646],
        ],
        'front',
        'y',
      ),
      brush.side(
        [
          [610, 462],
          [650, 462],
          [646, 646],
          [614, 646],
        ],
        'front',
        'y',
      ),
      brush.side(
        [
          [166, 396],
          [634, 396],
          [692, 446],
          [108, 446],
        ],
        'lit',
      ),
      brush.side(
        [
          [108, 446],
          [692, 446],
          [692, 476],
          [108, 476],
        ],
        'front',
      ),
    ].join(''),
}

export const stool: StillLife = {
  horizon: 520,
  scale: 1.2,
  feet: [
    [262, 668, 34],
    [538, 668, 34],
    [430, 630, 34],
    [400, 660, 190],
  ],
  draw: (brush) =>
    [
      brush.rod([414, 392], [432, 628], 28, 20),
      brush.rod([318, 400], [262, 670], 32, 22),
      brush.rod([482, 400], [540, 670], 32, 22),
      brush.solid(
        400,
        [
          [356, 164],
          [356, 164],
          [372, 168],
          [392, 158],
          [392, 158],
        ],
        'x',
      ),
    ].join(''),
}

const book = (x: number, height: number, width: number, colour: string) =>
  `<rect x="${x}" y="${404 - height}" width="${width}" height="${height}" rx="2" fill="${colour}"/>` +
  `<rect x="${x}" y="${404 - height}" width="${width}" height="${height}" rx="2" fill="url(#spine)"/>`

export const wallShelf: StillLife = {
  horizon: 800,
  feet: [],
  draw: (brush) =>
    [
      '<path d="M150 446H690L716 548H196Z" fill="url(#cast)"/>',
      brush.side(
        [
          [142, 392],
          [658, 392],
          [690, 414],
          [110, 414],
        ],
        'lit',
      ),
      book(188, 148, 34, 'hsl(206,26%,42%)') + book(224, 168, 26, 'hsl(14,42%,50%)'),
      book(252, 136, 40, 'hsl(44,42%,70%)') + book(294, 158, 28, 'hsl(150,16%,40%)'),
      '<path d="M518 318C512 352 516 392 530 404H586C600 392 604 352 598 318Z" fill="url(#clay)"/>',
      ...[leaf(552, 322, -32, 92, 36), leaf(560, 322, 4, 112, 42), leaf(566, 322, 36, 90, 34)],
      '<ellipse cx="558" cy="318" rx="40" ry="7" fill="hsl(18,34%,40%)"/>',
      brush.side(
        [
          [110, 414],
          [690, 414],
          [690, 446],
          [110, 446],
        ],
        'front',
      ),
    ].join(''),
}

const bird =
  '<g transform="translate(352 344)"><path d="M-4 18C-30 8 -34 -16 -8 -22C0 -40 30 -42 36 -22L52 -16' +
  'L36 -12C38 10 24 22 -4 18ZM-20 8L-58 22L-26 -6Z" fill="hsl(205,22%,36%)"/><path d="M34 -10C36 8 24 ' +
  '20 0 18C10 6 18 -6 34 -10Z" fill="hsl(20,62%,56%)"/><circle cx="26" cy="-24" r="3" fill="#111"/>' +
  '<path d="M4 18V34M16 18V34" stroke="#3b2f28" stroke-width="3"/></g>'

export const birdTable: StillLife = {
  horizon: 600,
  feet: [[400, 712, 70]],
  draw: (brush) =>
    [
      brush.rod([400, 400], [400, 712], 30, 34),
      brush.side(
        [
          [270, 250],
          [284, 250],
          [284, 372],
          [270, 372],
        ],
        'shaded',
        'y',
      ),
      brush.side(
        [
          [516, 250],
          [530, 250],
          [530, 372],
          [516, 372],
        ],
        'shaded',
        'y',
      ),
      brush.side(
        [
          [262, 364],
          [538, 364],
          [574, 396],
          [226, 396],
        ],
        'lit',
      ),
      bird,
      brush.side(
        [
          [226, 396],
          [574, 396],
          [574, 418],
          [226, 418],
        ],
        'front',
      ),
      brush.side(
        [
          [236, 250],
          [252, 250],
          [252, 398],
          [236, 398],
        ],
        'front',
        'y',
      ),
      brush.side(
        [
          [548, 250],
          [564, 250],
          [564, 398],
          [548, 398],
        ],
        'front',
        'y',
      ),
      brush.side(
        [
          [270, 152],
          [530, 152],
          [602, 262],
          [198, 262],
        ],
        'lit',
      ),
      brush.side(
        [
          [198, 262],
          [602, 262],
          [602, 276],
          [198, 276],
        ],
        'shaded',
      ),
    ].join(''),
}
