// Where documents are drawn: a thread, which holds up nobody else and takes fonts and library along
// when it ends.
import { parentPort } from 'node:worker_threads'
import type { Document } from './document.ts'
import { toPaper } from './paper.ts'

parentPort?.on('message', async (document: Document) => {
  parentPort?.postMessage(await toPaper(document))
})
parentPort?.postMessage('ready')
