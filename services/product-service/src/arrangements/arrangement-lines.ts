import { fileUnreadable } from '@prognetwork/contracts/product'
import { Problem } from '@prognetwork/shared-infrastructure'

/** A line of a thousand prices or products is far below it. */
const maxLineLength = 1_048_576

/** The lines of a file in UTF-8 as they arrive, without empty ones; only one is held. */
export async function* readLines(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly line: number; readonly text: string }> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 0
  let held = ''
  const decode = (chunk?: Uint8Array) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined })
    } catch (cause) {
      throw new Problem(fileUnreadable, `It is not UTF-8 after line ${line}`, { cause })
    }
  }
  for await (const chunk of body) {
    const lines = (held + decode(chunk)).split('\n')
    held = lines.pop() ?? ''
    for (const text of lines) {
      line++
      if (text.trim() !== '') yield { line, text }
    }
    if (held.length > maxLineLength)
      throw new Problem(fileUnreadable, `Line ${line + 1} is longer than a line may be`)
  }
  held += decode()
  if (held.trim() !== '') yield { line: line + 1, text: held }
}
