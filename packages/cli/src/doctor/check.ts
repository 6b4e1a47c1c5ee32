/** What one look found, and what to do about it. */
export interface Check {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'failed'
  readonly finding: string
  readonly advice?: string
}

export const fine = (name: string, finding: string): Check => ({ name, state: 'ok', finding })

export const warning = (name: string, finding: string, advice: string): Check => ({
  ...{ name, finding, advice },
  state: 'warning',
})

export const failure = (name: string, finding: string, advice: string): Check => ({
  ...{ name, finding, advice },
  state: 'failed',
})
