export { addressKey, clientAddress, normaliseAddress } from './address.ts'
export { type RateLimitPolicy, type RateLimitState, rateLimit, rateLimitPolicy } from './headers.ts'
export { createTokenBuckets, type Take, type TokenBuckets } from './token-bucket.ts'
