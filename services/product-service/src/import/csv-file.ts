import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileUnreadable } from '@prognetwork/contracts/product'
import { Problem } from '@prognetwork/shared-infrastructure'
import { CsvError, type Info, parse } from 'csv-parse'

/** One row as it stands in the file. */
export interface CsvRow {
  /** Line on which it begins; the header is on line 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** No product is described by more; a quote that is never closed is found here. */
const maxRowBytes = 1_048_576

/**
 * The rows of a CSV file (RFC 4180, UTF-8 with or without a byte order mark) as they arrive; never
 * more than a few are held. Throws `product.file_unreadable` where it cannot be read on.
 */
export async function* readCsv(body: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: true,
    info: true,
    // All three, because files that were put together have more than one.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxRowBytes,
  })
  // A failure of either side is thrown by the loop below, which reads the parser.
  pipeline(Readable.from(decode(body)), parser).catch(() => {})
  let lastLine = 0
  let emptyLines = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[]
      info: Info
    }>) {
      const line = lastLine + 1 + (info.empty_lines - emptyLines)
      lastLine = info.lines
      emptyLines = info.empty_lines
      yield { line, cells: record }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = 'lines' in error ? Number(error.lines) : lastLine
    throw new Problem(fileUnreadable, `Near line ${line}: ${explain(error)}`, { cause: error })
  }
}

function explain(error: CsvError): string {
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return `a row has more than ${maxRowBytes} bytes; is a quote not closed?`
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened and never closed'
  return 'a quote stands inside a cell that does not begin with one (RFC 4180)'
}

async function* decode(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let bytes = 0
  for await (const chunk of body) {
    yield decodeChunk(() => decoder.decode(chunk, { stream: true }), bytes)
    bytes += chunk.length
  }
  yield decodeChunk(() => decoder.decode(), bytes)
}

function decodeChunk(decode: () => string, bytes: number): string {
  try {
    return decode()
  } catch (error) {
    throw new Problem(fileUnreadable, `After byte ${bytes}: the text is not UTF-8`, {
      cause: error,
    })
  }
}
