import { TransportUnavailable } from './transport/transport.ts'

/** Failures in a row of one kind of work. */
export class Outage {
  failures = 0
  private readonly told = new Set<string>()

  /**
   * Whether it is worth telling: the first one is, and one that names something to mend which none
   * before it has named.
   */
  isNews(error: unknown): boolean {
    this.failures += 1
    const toMend = error instanceof TransportUnavailable ? error.toMend : undefined
    const isNew = toMend !== undefined && !this.told.has(toMend)
    if (toMend !== undefined) this.told.add(toMend)
    return isNew || this.failures === 1
  }
}
