import { createThread } from '@prognetwork/shared-infrastructure'
import type { Document } from './document.ts'

/** The longest that an order can be takes a quarter of a second. */
const jobMs = 10_000
/** Mebibytes. */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 }

/** Makes documents, one after the other. */
export function createPress() {
  const thread = createThread<Document, Uint8Array>({
    module: new URL('./paper-worker.ts', import.meta.url),
    ...{ what: 'the making of documents', jobMs, resourceLimits },
  })
  return {
    async print(document: Document): Promise<{ bytes: string }> {
      return { bytes: Buffer.from(await thread.ask(document)).toString('base64') }
    },
    close: () => thread.close(),
  }
}

export type Press = ReturnType<typeof createPress>
