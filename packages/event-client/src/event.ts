/** What the data of each type looks like; `{ 'order.placed': { orderId: string } }`. */
export type EventTypes = object

/** One event as it leaves the platform: CloudEvents 1.0. */
export type Event<Types extends EventTypes = Record<string, unknown>> = {
  [Type in keyof Types & string]: Envelope<Type, Types[Type]>
}[keyof Types & string]

interface Envelope<Type extends string, Data> {
  readonly specversion: '1.0'
  readonly id: string
  /** The service that owns the type, or what another publisher called itself. */
  readonly source: string
  readonly type: Type
  /** The id of the thing that it is about; events of one subject arrive in order. */
  readonly subject: string
  /** RFC 3339. */
  readonly time: string
  readonly datacontenttype: 'application/json'
  /** Ends with the version of `data`. */
  readonly dataschema: string
  readonly tenantid: string
  readonly aggregateversion?: number | undefined
  readonly traceparent?: string | undefined
  readonly causationid?: string | undefined
  readonly correlationid?: string | undefined
  /** Its place in the log: `subscribe` goes on after it. */
  readonly cursor: string
  /** Fields that are personal data are null. */
  readonly data: Data
}
