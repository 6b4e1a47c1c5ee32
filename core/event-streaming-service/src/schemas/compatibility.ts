// Whether data of one version of a schema can be read by another. It is decided by comparing the two
// schemas, on the safe side: what cannot be decided counts as incompatible and is said to be so.
import type {
  CompatibilityFinding,
  CompatibilityMode,
} from '@prognetwork/contracts/event-streaming'
import { createComparison } from './comparison.ts'
import type { JsonObject } from './json-schema.ts'
import type { Objection } from './objection.ts'
import { readDocument } from './schema-document.ts'

const maxFindings = 50

/**
 * Why `next` is not compatible with `last`; nothing when it is. Backward: readers of the next
 * version can read what was written by the last. Forward: readers of the last can read what is
 * written by the next. Full: both. Both documents were judged before.
 */
export function findIncompatibilities(
  last: JsonObject,
  next: JsonObject,
  mode: CompatibilityMode,
): CompatibilityFinding[] {
  const backward = () =>
    createComparison()(readDocument(next), [readDocument(last)]).map(lostBackward)
  const forward = () =>
    createComparison()(readDocument(last), [readDocument(next)]).map(lostForward)
  const findings = [
    ...(mode === 'forward' ? [] : backward()),
    ...(mode === 'backward' ? [] : forward()),
  ]
  const seen = new Set<string>()
  return findings
    .filter((one) => {
      const text = JSON.stringify(one)
      return !seen.has(text) && seen.add(text)
    })
    .slice(0, maxFindings)
}

function lostBackward({ pointer, data, doubt }: Objection): CompatibilityFinding {
  const detail = doubt ?? `The last version allows ${data}, and this one does not`
  return { direction: 'backward', pointer, detail }
}

function lostForward({ pointer, data, doubt }: Objection): CompatibilityFinding {
  const detail = doubt ?? `This version allows ${data}, and the last one does not`
  return { direction: 'forward', pointer, detail }
}
