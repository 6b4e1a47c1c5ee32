// The files of a client's build. Their names change with their content, so they may be kept for ever;
// the few at the root of the site may not.

import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { takesBrotli } from './packing.ts'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

export interface Assets {
  has(path: string): boolean
  send(path: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>
}

/** The files below `directory`, as they are now; each is read when it is first asked for. */
export function createAssets(directory: string): Assets {
  const paths = new Set(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(directory.length)),
  )
  const kept = new Map<string, Promise<Buffer>>()
  const read = (path: string) => {
    const known = kept.get(path) ?? readFile(join(directory, path))
    kept.set(path, known)
    return known
  }
  return {
    has: (path) => paths.has(path),
    async send(path, request, reply) {
      const isHashed = path.startsWith('/assets/')
      reply.headers({
        'content-type': types[extname(path)] ?? 'application/octet-stream',
        'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
      })
      if (!paths.has(`${path}.br`)) return reply.send(await read(path))
      reply.header('vary', 'Accept-Encoding')
      if (!takesBrotli(request.headers)) return reply.send(await read(path))
      return reply.header('content-encoding', 'br').send(await read(`${path}.br`))
    },
  }
}
