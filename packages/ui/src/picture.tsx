interface Sized {
  readonly alt: string | null
  readonly sizes: readonly { readonly width: number; readonly url: string }[]
}

/**
 * A picture in the width that the page gives it. `sizes` says how wide that is (HTML, 4.8.4.2); the
 * place is kept by the style before it arrives. Pictures that are not kept here are left out.
 */
export function Picture({
  image,
  name,
  sizes,
  isFirst = false,
}: {
  readonly image: Sized | null
  /** Read out where the picture has no text of its own. */
  readonly name: string
  readonly sizes: string
  /** Seen at once, so fetched before others. */
  readonly isFirst?: boolean
}) {
  const kept = image?.sizes ?? []
  const [smallest] = kept
  if (!smallest) return <div className="picture" aria-hidden="true" />
  return (
    <img
      className="picture"
      src={ownPath(kept.find(({ width }) => width >= 480)?.url ?? smallest.url)}
      srcSet={kept.map(({ url, width }) => `${ownPath(url)} ${width}w`).join(', ')}
      sizes={sizes}
      alt={image?.alt ?? name}
      loading={isFirst ? 'eager' : 'lazy'}
      fetchPriority={isFirst ? 'high' : 'auto'}
      decoding="async"
    />
  )
}

/** The same picture at the client's own address, which hands `/api` over; any other as it is. */
function ownPath(url: string): string {
  const at = url.indexOf('/api/')
  return at < 0 ? url : url.slice(at)
}
