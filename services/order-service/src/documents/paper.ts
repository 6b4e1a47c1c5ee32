// A document on A4. Heights are measured before anything is drawn, so that a row stands on one page and
// the head of the table on each.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { buffer } from 'node:stream/consumers'
import PDFDocument from 'pdfkit'
import type { Column, Document, Fact, Row } from './document.ts'

const page = { width: 595.28, height: 841.89 }
const margin = 50
const width = page.width - 2 * margin
const bottom = page.height - 70
const gap = 10
const grey = '#5c5c5c'
const line = '#c8c8c8'
const size = { title: 18, name: 13, text: 9, small: 7.5 }

type Ink = PDFKit.PDFDocument
type Font = 'regular' | 'bold'

const require = createRequire(import.meta.url)
const fonts = {
  regular: readFileSync(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf')),
  bold: readFileSync(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf')),
}

export async function toPaper(document: Document): Promise<Buffer> {
  const ink = new PDFDocument({
    ...{ size: [page.width, page.height], bufferPages: true, lang: document.language },
    // Nothing is put on another page but by what is measured here.
    margins: { top: margin, left: margin, right: margin, bottom: 0 },
    info: {
      ...{ Title: document.title, Author: document.shop.name },
      CreationDate: new Date(document.writtenAt),
    },
  })
  ink.registerFont('regular', fonts.regular).registerFont('bold', fonts.bold)
  const bytes = buffer(ink)
  const afterTable = drawTable(ink, document, drawHead(ink, document))
  drawEnd(ink, document, afterTable)
  drawFeet(ink, document)
  ink.end()
  return bytes
}

/** Answers where the next thing can be drawn. */
function drawHead(ink: Ink, { title, shop, address, facts }: Document): number {
  ink.rect(0, 0, page.width, 8).fill(shop.color ?? grey)
  let y = write(ink, shop.name, { y: margin - 10, size: size.name, font: 'bold' })
  for (const text of shop.address) y = write(ink, text, { y: y + 1, color: grey })
  if (shop.contact !== null) y = write(ink, shop.contact, { y: y + 2, color: grey })
  y = write(ink, title, { y: y + 24, size: size.title, font: 'bold' }) + 16
  const half = (width - 2 * gap) / 2
  let left = write(ink, address.label, { y, width: half, color: grey }) + 2
  for (const text of address.lines) left = write(ink, text, { y: left, width: half })
  const x = margin + half + 2 * gap
  let right = y
  for (const { label, value } of facts) {
    const labelled = write(ink, label, { x, y: right, width: half * 0.4, color: grey })
    const valued = write(ink, value, { x: x + half * 0.4, y: right, width: half * 0.6 })
    right = Math.max(labelled, valued) + 2
  }
  return Math.max(left, right) + 24
}

function drawTable(ink: Ink, document: Document, top: number): number {
  const columns = placed(document.columns)
  let y = drawColumnNames(ink, columns, top)
  for (const row of document.rows) {
    const height = heightOf(ink, row, columns)
    if (y + height > bottom) y = drawColumnNames(ink, columns, nextPage(ink, document))
    drawRow(ink, row, columns, y)
    y += height
    rule(ink, y - 3, line)
  }
  return y + gap
}

interface Place {
  readonly label: string
  readonly x: number
  readonly width: number
  readonly align: 'left' | 'right'
}

function placed(columns: readonly Column[]): Place[] {
  const taken = columns.reduce((sum, column) => sum + (column.width ?? 0), 0)
  let x = margin
  return columns.map((column) => {
    const whole = column.width ?? width - taken
    const align = column.width === null ? ('left' as const) : ('right' as const)
    const place = { label: column.label, x, width: whole - gap, align }
    x += whole
    return align === 'left' ? place : { ...place, x: place.x + gap }
  })
}

function drawColumnNames(ink: Ink, columns: readonly Place[], y: number): number {
  const ends = columns.map(({ label, ...place }) =>
    write(ink, label, { ...place, y, font: 'bold' }),
  )
  const end = Math.max(...ends) + 4
  rule(ink, end, grey)
  return end + 5
}

function heightOf(ink: Ink, { cells, details }: Row, columns: readonly Place[]): number {
  const heights = columns.map((place, at) => measure(ink, cells[at] ?? '', place.width, size.text))
  const [first = 0, ...others] = heights
  const small = details.map(
    (text) => measure(ink, text, columns[0]?.width ?? width, size.small) + 1,
  )
  return Math.max(first + small.reduce((sum, one) => sum + one, 0), ...others) + 8
}

function drawRow(ink: Ink, { cells, details }: Row, columns: readonly Place[], y: number): void {
  const ends = columns.map(({ label: _, ...place }, at) =>
    write(ink, cells[at] ?? '', { ...place, y }),
  )
  let below = ends[0] ?? y
  for (const text of details)
    below = write(ink, text, {
      ...{ y: below + 1, size: size.small, color: grey },
      ...(columns[0] && { width: columns[0].width }),
    })
}

function drawEnd(ink: Ink, document: Document, top: number): void {
  const value = 110
  let y = top
  const draw = ({ label, value: text }: Fact, font: Font) => {
    const labelWidth = width / 2
    const x = margin + width - value - gap - labelWidth
    const height = Math.max(measure(ink, label, labelWidth, size.text), size.text) + 5
    if (y + height > bottom) y = nextPage(ink, document)
    const right = { y, font, align: 'right' as const }
    const labelled = write(ink, label, { ...right, x, width: labelWidth })
    const valued = write(ink, text, { ...right, x: margin + width - value, width: value })
    y = Math.max(labelled, valued) + 5
  }
  for (const sum of document.sums) draw(sum, 'regular')
  if (document.total) draw(document.total, 'bold')
  y += gap
  for (const note of document.notes) {
    if (y + measure(ink, note, width, size.text) > bottom) y = nextPage(ink, document)
    y = write(ink, note, { y }) + 3
  }
}

function nextPage(ink: Ink, { title, shop }: Document): number {
  ink.addPage()
  ink.rect(0, 0, page.width, 8).fill(shop.color ?? grey)
  return write(ink, `${shop.name} · ${title}`, { y: margin - 10, color: grey }) + 14
}

/** How many pages there are is known at the end. */
function drawFeet(ink: Ink, { title }: Document): void {
  const { count } = ink.bufferedPageRange()
  for (let at = 0; at < count; at++) {
    ink.switchToPage(at)
    const foot = { y: page.height - 45, size: size.small, color: grey }
    write(ink, title, { ...foot, width: width - 80 })
    write(ink, `${at + 1} / ${count}`, { ...foot, align: 'right' })
  }
}

interface Hand {
  readonly x?: number
  readonly y: number
  readonly width?: number
  readonly align?: 'left' | 'right'
  readonly size?: number
  readonly font?: Font
  readonly color?: string
}

/** Answers where the text ends. */
function write(ink: Ink, text: string, hand: Hand): number {
  const { x = margin, y, width: wide = width, align = 'left', color = '#000000' } = hand
  ink.font(hand.font ?? 'regular', hand.size ?? size.text).fillColor(color)
  ink.text(inOneLine(text), x, y, { width: wide, align })
  return ink.y
}

function measure(ink: Ink, text: string, wide: number, fontSize: number): number {
  return ink.font('regular', fontSize).heightOfString(inOneLine(text), { width: wide })
}

/** Fonts have no sign for tabs and line breaks. */
function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

function rule(ink: Ink, y: number, color: string): void {
  ink
    .moveTo(margin, y)
    .lineTo(margin + width, y)
    .lineWidth(0.5)
    .stroke(color)
}
