// The router asks for the data of a page, or of a part of it, at its address and `.data`.

export function addressOf(input: RequestInfo | URL): URL {
  return new URL(input instanceof Request ? input.url : input, location.href)
}

export const isOfData = (pathname: string) => pathname.endsWith('.data')

/** The page that data at this path is of. */
export const pagePathOf = (pathname: string) => pathname.replace(/\/?(_root)?\.data$/, '') || '/'
