/** Work that runs once at a time; asked for while it runs, it runs once more. */
export interface Coalesced {
  run(): Promise<void>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

export function coalesced(work: () => Promise<void>): Coalesced {
  let current: Promise<void> | undefined
  let again = false
  const loop = async () => {
    do {
      again = false
      await work()
    } while (again)
  }
  return {
    run() {
      if (current !== undefined) {
        again = true
        return current
      }
      current = loop().finally(() => {
        current = undefined
      })
      return current
    },
    async idle() {
      await current?.catch(() => {})
    },
  }
}
