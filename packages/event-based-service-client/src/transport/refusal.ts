// What is behind the failure of a client. Libraries wrap it, some in lists, and a log that says only
// that nothing can be reached sends its reader to look for a network that is sound.

type Cause = Error & { readonly code?: unknown; readonly apiId?: unknown }

/** An error and all that it says it comes from. */
export function causesOf(error: unknown): Cause[] {
  if (!(error instanceof Error)) return []
  const several: unknown[] = error instanceof AggregateError ? error.errors : []
  return [error, ...[error.cause, ...several].flatMap(causesOf)]
}

const certificateCodes = /CERT|UNABLE_TO_(VERIFY|GET)/

/** The other side has shown a certificate that is not trusted here, or is of somebody else. */
export const isOfCertificate = (error: unknown): boolean =>
  causesOf(error).some(({ code }) => certificateCodes.test(String(code)))

/** The other side does not speak TLS. */
export const isWithoutTls = (error: unknown): boolean =>
  causesOf(error).some(({ code }) => /EPROTO|ERR_SSL_WRONG_VERSION/.test(String(code)))
