/** One block of a stream of events. */
export interface Block {
  /** The last event id from here on; undefined when the block does not move it. */
  readonly id: string | undefined
  /** `message` when nothing is said. */
  readonly event: string
  /** Undefined for a block that is no event. */
  readonly data: string | undefined
}

/** Reads `text/event-stream` (HTML Living Standard, 9.2.6) as it comes. */
export async function* readBlocks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Block> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    const blocks = rest.split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    for (const block of blocks) yield readBlock(block)
  }
}

function readBlock(text: string): Block {
  let id: string | undefined
  let event = 'message'
  const data: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
    if (name === 'id') id = value
    if (name === 'event') event = value
    if (name === 'data') data.push(value)
  }
  return { id, event, data: data.length > 0 ? data.join('\n') : undefined }
}
