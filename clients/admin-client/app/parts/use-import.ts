import type { Output, ProblemDetails } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { findProblem } from '@prognetwork/ui/problem'
import { useState } from 'react'

type Lines = Output<typeof productContract.operations.importProducts>
type ImportLine = Lines extends AsyncIterable<infer Line> ? Line : never
type Refusal = NonNullable<ImportLine['error']>

export interface ImportState {
  readonly isRunning: boolean
  /** The newest line, with the counts so far. */
  readonly newest?: ImportLine
  /** What the file is taken for. */
  readonly file?: ImportLine['file']
  readonly refused: readonly Refusal[]
  /** Why nothing of it was taken. */
  readonly problem?: ProblemDetails | undefined
  /** The reply ended before it was told how it ended. */
  readonly isCutOff?: boolean
}

/** Sends a file, and tells how far it is as the reply comes in, a line of JSON at a time. */
export function useImport(address: string) {
  const [state, setState] = useState<ImportState>({ isRunning: false, refused: [] })

  async function send(file: File, query: Readonly<Record<string, string>>): Promise<void> {
    setState({ isRunning: true, refused: [] })
    try {
      const reply = await fetch(`${address}?${new URLSearchParams(query)}`, {
        method: 'PUT',
        headers: { 'content-type': 'text/csv' },
        body: file,
      })
      if (!reply.ok || !reply.body) {
        const problem = findProblem({ problem: await reply.json() })
        setState({ isRunning: false, refused: [], problem })
        return
      }
      await follow(reply.body)
    } catch (error) {
      // A browser that loses the connection has no answer, but a TypeError (Fetch, 5.6).
      if (!(error instanceof TypeError)) throw error
      setState((before) => ({ ...before, isRunning: false, isCutOff: true }))
    }
  }

  async function follow(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = ''
    let isEnded = false
    const reader = body.pipeThrough(new TextDecoderStream() as never).getReader()
    for (;;) {
      const { done, value } = (await reader.read()) as { done: boolean; value?: string }
      if (done) break
      const lines = `${rest}${value}`.split('\n')
      rest = lines.pop() ?? ''
      const parsed = lines.filter(Boolean).map((line) => JSON.parse(line) as ImportLine)
      isEnded ||= parsed.some(({ kind }) => kind === 'finished' || kind === 'failed')
      setState((before) => taken(before, parsed))
    }
    setState((before) => ({ ...before, isRunning: false, isCutOff: !isEnded }))
  }

  return { state, send }
}

function taken(before: ImportState, lines: readonly ImportLine[]): ImportState {
  const newest = lines.at(-1)
  if (!newest) return before
  const file = lines.find((line) => line.file)?.file ?? before.file
  const refused = lines.flatMap(({ error }) => error ?? [])
  return { ...before, newest, file, refused: [...before.refused, ...refused] }
}
