// Asks the thread that fills templates in; a template that takes too long ends it.
import { createThread, ThreadLost } from '@prognetwork/shared-infrastructure'
import type { Values } from '../tables.ts'
import type { Compiled, Fault, Job, Result, Source } from './job.ts'

const jobMs = 3_000
/** Mebibytes; what a template makes is far smaller. */
const resourceLimits = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }

/** A template that cannot be used, or not with these values. */
export class Unrenderable extends Error {
  override readonly name = 'Unrenderable'
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[], options?: ErrorOptions) {
    super(faults[0]?.detail ?? 'It cannot be used', options)
    this.faults = faults
  }
}

export interface Rendering {
  /** Throws `Unrenderable` with every place that is wrong. */
  compile(source: Source, sample: Values): Promise<Compiled>
  fill(compiled: Compiled, values: Values, options?: { isStrict?: boolean }): Promise<Compiled>
  close(): Promise<void>
}

export function createRendering(): Rendering {
  const thread = createThread<Job, Result>({
    module: new URL('./render-worker.ts', import.meta.url),
    what: 'the rendering of templates',
    ...{ jobMs, resourceLimits },
  })

  async function carryOut(job: Job): Promise<Compiled> {
    const result = await thread.ask(job).catch((error: unknown) => {
      throw error instanceof ThreadLost ? new Unrenderable(tooMuch, { cause: error }) : error
    })
    if ('done' in result) return result.done
    throw new Unrenderable(result.faults)
  }

  return {
    compile: (source, sample) => carryOut({ kind: 'compile', source, sample }),
    fill: (compiled, values, { isStrict = false } = {}) =>
      carryOut({ kind: 'fill', compiled, values, isStrict }),
    close: () => thread.close(),
  }
}

const tooMuch: readonly Fault[] = [
  { part: 'html', line: 1, detail: 'It takes more time or memory than a mail may' },
]
