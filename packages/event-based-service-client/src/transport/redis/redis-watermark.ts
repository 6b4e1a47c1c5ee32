import type { Redis } from 'ioredis'
import type { Watermark } from '../copy.ts'
import { answered } from './redis-connection.ts'
import type { RedisNames } from './redis-names.ts'

export const watermarkFields = ['incarnation', 'floor', 'published'] as const

export function toWatermark(values: readonly (string | null)[]): Watermark | undefined {
  const [incarnation, floor, published] = values
  if (!incarnation) return undefined
  return { incarnation, floor: Number(floor), published: Number(published) }
}

export async function readWatermark(
  redis: Redis,
  { watermark }: RedisNames,
): Promise<Watermark | undefined> {
  return toWatermark(await answered(redis, redis.hmget(watermark, ...watermarkFields)))
}
