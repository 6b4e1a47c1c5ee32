import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'

export interface PdfText {
  /** What stands on each page, as whoever reads it aloud would say it. */
  readonly pages: readonly string[]
  readonly title: unknown
}

/** Reads a document as a viewer does. */
export async function textOf(bytes: Uint8Array): Promise<PdfText> {
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0 })
  try {
    const document = await task.promise
    const pages: string[] = []
    for (let at = 1; at <= document.numPages; at++) {
      const { items } = await (await document.getPage(at)).getTextContent()
      const words = items.map((item) => ('str' in item ? item.str : ''))
      pages.push(words.join(' ').replaceAll(/\s+/g, ' '))
    }
    const { info } = await document.getMetadata()
    return { pages, title: 'Title' in info ? info.Title : undefined }
  } finally {
    await task.destroy()
  }
}
