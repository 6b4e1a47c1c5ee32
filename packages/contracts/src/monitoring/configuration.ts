import { z } from 'zod'
import { operation } from '../operation.ts'
import { text } from '../shapes.ts'

const configurationKey = z.object({
  /** As the environment names it. */
  key: z.string(),
  /** The service that reads it, or `platform`. */
  owner: z.string(),
  kind: z.string(),
  description: z.string().nullable(),
  /** Null for a secret, whose value is never told, and where nothing is set. */
  value: z.string().nullable(),
  isSet: z.boolean(),
  isSecret: z.boolean(),
  /** Takes effect while the platform runs. */
  isReloadable: z.boolean(),
  /** Where the value came from: `default`, `environment`, a file and line. */
  origin: z.string(),
})

export const listConfiguration = operation('GET', '/v1/platform/configuration', {
  summary: 'Every key of the configuration, as the process of monitoring-service has read it',
  auth: { permission: 'platform:configuration:read' },
  query: z.strictObject({
    /** Stands in the key, its owner or its description, in capitals or not. */
    words: text(1, 100).optional(),
  }),
  reply: { 200: z.object({ items: z.array(configurationKey) }) },
  example: {
    query: { words: 'level' },
    reply: {
      items: [
        {
          key: 'LOG_LEVEL',
          owner: 'platform',
          kind: 'one of debug, info, warn, error',
          description: 'The least severe log lines that are written',
          value: 'info',
          isSet: true,
          isSecret: false,
          isReloadable: true,
          origin: 'default',
        },
      ],
    },
  },
})
