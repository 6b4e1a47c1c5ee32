/** What stands on a document, in the order in which it does; every value is text already. */
export interface Document {
  readonly title: string
  readonly shop: {
    readonly name: string
    /** Where it answers; null where it has not said so. */
    readonly contact: string | null
    /** Its registered name and address; empty where it has not said so. */
    readonly address: readonly string[]
    /** `#rrggbb`. */
    readonly color: string | null
  }
  readonly address: { readonly label: string; readonly lines: readonly string[] }
  readonly facts: readonly Fact[]
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly sums: readonly Fact[]
  /** The sum that counts; null where nothing is summed up. */
  readonly total: Fact | null
  readonly notes: readonly string[]
  /** BCP 47. */
  readonly language: string
  /** RFC 3339. */
  readonly writtenAt: string
}

export interface Fact {
  readonly label: string
  readonly value: string
}

export interface Column {
  readonly label: string
  /** Of the first, which takes what the others leave, null. */
  readonly width: number | null
}

export interface Row {
  /** One for each column. */
  readonly cells: readonly string[]
  /** Small, below the first cell. */
  readonly details: readonly string[]
}
