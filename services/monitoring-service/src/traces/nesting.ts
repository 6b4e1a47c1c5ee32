interface Nestable {
  readonly spanId: string
  readonly parentSpanId: string | null
}

/**
 * Spans in the order of a tree: each after its parent, those of one parent as they were given. One
 * whose parent is not among them is a root. Spans come from many processes, so none gets lost
 * because parents lead in a circle.
 */
export function nested<Span extends Nestable>(
  spans: readonly Span[],
): (Span & { readonly depth: number })[] {
  const ids = new Set(spans.map((one) => one.spanId))
  const children = Map.groupBy(spans, (one) => one.parentSpanId)
  const placed = new Set<Span>()
  const tree: (Span & { readonly depth: number })[] = []
  const place = (span: Span, depth: number) => {
    if (placed.has(span)) return
    placed.add(span)
    tree.push({ ...span, depth })
    for (const child of children.get(span.spanId) ?? []) place(child, depth + 1)
  }
  const isRoot = ({ parentSpanId }: Span) => parentSpanId === null || !ids.has(parentSpanId)
  for (const span of spans) if (isRoot(span)) place(span, 0)
  for (const span of spans) place(span, 0)
  return tree
}
