import { OutsideRefused } from './outside-rules.ts'

/** Why there was no reply, by the codes of Node, c-ares and undici. */
const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused',
  ECONNRESET: 'The connection was closed before a reply came',
  UND_ERR_SOCKET: 'The connection was closed before a reply came',
  UND_ERR_CONNECT_TIMEOUT: 'No connection came about in time',
  ETIMEDOUT: 'No connection came about in time',
  EHOSTUNREACH: 'The address cannot be reached',
  ENETUNREACH: 'The address cannot be reached',
  ENOTFOUND: 'The name cannot be found',
  ENODATA: 'The name has no address',
  ETIMEOUT: 'No name server answered for the name',
  ESERVFAIL: 'The name servers of the name failed',
  EREFUSED: 'The name servers of the name refused to answer',
  HTTPParserError: 'The reply is not HTTP',
  UND_ERR_HEADERS_OVERFLOW: 'The headers of the reply are too long',
  CERT_HAS_EXPIRED: 'The certificate has expired',
  CERT_NOT_YET_VALID: 'The certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'The certificate is signed by nobody who is trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'The certificate is signed by nobody who is trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'The certificate comes without those that lead to who signed it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is for another name',
}

/** What went wrong with a request to the outside, for whoever named the address. */
export function outsideFailure(error: unknown): string {
  if (error instanceof OutsideRefused) return error.message
  if (!(error instanceof Error)) return 'The request failed'
  if (error.name === 'TimeoutError') return 'No reply came in time'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  const sentence = sentences[code]
  if (sentence !== undefined) return sentence
  if (code.startsWith('HPE_')) return 'The reply is not HTTP'
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return 'No TLS connection came about'
  return `The request failed (${code})`
}
