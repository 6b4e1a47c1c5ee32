// The AsyncAPI 3 document of all events, made from the definitions of the services: what they declare
// is what they publish, so the document cannot drift from it.
import { type EventContract, versionsOf } from '@prognetwork/contracts'
import {
  cloudEvent,
  eventStreamingContract,
  exampleCloudEvent,
} from '@prognetwork/contracts/event-streaming'
import type { LogAccess } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import manifest from '../../package.json' with { type: 'json' }
import { schemaUri } from '../cloud-event/cloud-event.ts'

export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0'
  readonly info: {
    readonly title: string
    readonly version: string
    readonly description: string
    readonly license: { readonly name: string }
  }
  readonly defaultContentType: string
  readonly servers: Readonly<Record<string, object>>
  readonly channels: Readonly<Record<string, Channel>>
  readonly operations: Readonly<Record<string, object>>
  readonly components: {
    readonly messages: Readonly<Record<string, Message>>
    readonly schemas: Readonly<Record<string, object>>
  }
}

interface Channel {
  readonly title: string
  readonly summary: string
  readonly messages: Readonly<Record<string, { readonly $ref: string }>>
}

export interface Message {
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly payload: object
  readonly headers: object
  readonly examples: readonly { readonly payload: unknown; readonly headers: unknown }[]
}

type Publisher = LogAccess['publishers'][number]

const { listEvents, openStream } = eventStreamingContract.operations

/** A channel per service, with a message per version of each event that it publishes. */
export function asyncApiOf(publishers: readonly Publisher[], publicUrl: string): AsyncApiDocument {
  const publishing = publishers.filter((one) => one.publishes.length > 0)
  const server = new URL(publicUrl)
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Events of ProgNetwork',
      version: manifest.version,
      description: [
        `Every event is a CloudEvent 1.0. \`GET /api${openStream.path}\` gives a tenant's events as they come, \`GET /api${listEvents.path}\` those of before.`,
        'In these replies the headers of a message are members of one JSON object and its payload is the member `data`.',
        'Events of one subject come in order, and no other order may be assumed.',
      ].join('\n\n'),
      license: { name: 'Apache 2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      platform: { host: server.host, protocol: server.protocol.slice(0, -1) },
    },
    channels: Object.fromEntries(publishing.map((one) => [one.name, channelOf(one)])),
    operations: Object.fromEntries(
      publishing.map((one) => [`send-${one.name}`, operationOf(one)] as const),
    ),
    components: {
      messages: Object.fromEntries(
        publishing.flatMap((one) =>
          messagesOf(one).map(({ name, event, newest }) => [name, messageOf(one, event, newest)]),
        ),
      ),
      schemas: { CloudEvent: attributes() },
    },
  }
}

function messagesOf({ publishes }: Publisher) {
  return publishes.flatMap((newest) =>
    versionsOf(newest).map((event) => ({
      name: `${event.type}.v${event.version}`,
      ...{ event, newest: newest.version },
    })),
  )
}

function channelOf(publisher: Publisher): Channel & { address: string } {
  const { name, summary } = publisher
  return {
    address: name,
    title: name,
    summary: `Events of: ${summary}`,
    messages: Object.fromEntries(
      messagesOf(publisher).map((one) => [one.name, { $ref: `#/components/messages/${one.name}` }]),
    ),
  }
}

function operationOf({ name }: Publisher): object {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${name}` },
    summary: `What happens in ${name}`,
  }
}

function messageOf({ name: service }: Publisher, event: EventContract, newest: number): Message {
  const { type, version, key, log } = event
  const place = log === 'domain' ? '' : `, in the ${log} log`
  const dataschema = schemaUri(type, version)
  const fixed = { source: service, type, dataschema }
  const payload = withoutPersonal(event)
  const { data: _, ...envelope } = exampleCloudEvent
  return {
    name: type,
    ...{
      title: `${type}, version ${version}`,
      summary:
        version === newest
          ? `Keyed by \`${key}\`${place}`
          : `Keyed by \`${key}\`; of before, version ${newest} is published now`,
      contentType: 'application/json',
      correlationId: { location: '$message.header#/correlationid' },
    },
    headers: {
      allOf: [
        { $ref: '#/components/schemas/CloudEvent' },
        {
          type: 'object',
          properties: Object.fromEntries(
            Object.entries(fixed).map(([name, value]) => [name, { const: value }]),
          ),
        },
      ],
    },
    payload: payloadOf(event),
    examples: [
      { headers: { ...envelope, ...fixed, subject: String(event.example[key]) }, payload },
    ],
  }
}

/** AsyncAPI's own schemas are a superset of draft 7. */
const dialect = { io: 'output', target: 'draft-07', reused: 'inline' } as const

function payloadOf({ data }: EventContract): object {
  const { $schema: _, ...schema } = z.toJSONSchema(data, {
    ...dialect,
    override: ({ jsonSchema }) => {
      const subject = jsonSchema['x-personal']
      if (subject !== undefined)
        jsonSchema.description = `Personal data of the subject in \`${subject}\`: encrypted in the log, and null for whoever reads events from outside or once the subject was erased`
    },
  })
  return schema
}

function attributes(): object {
  const { $schema: _, ...schema } = z.toJSONSchema(cloudEvent.omit({ data: true }), dialect)
  return { ...schema, title: 'Attributes of CloudEvents 1.0' }
}

/** The example as it is read from outside. */
function withoutPersonal({ data, example }: EventContract): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => [
      name,
      data.shape[name]?.meta()?.['x-personal'] === undefined ? value : null,
    ]),
  )
}
