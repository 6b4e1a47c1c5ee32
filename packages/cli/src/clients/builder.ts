// Builds one client: node builder.ts DIRECTORY STAMP INPUTS. The stamp is written last, so that a
// build that was cut off is made again.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import { createBuilder } from 'vite'

const compress = promisify(brotliCompress)
const compressible = /\.(?:css|js|json|svg|txt)$/
/** Below this a packet holds it anyway. */
const minCompressedBytes = 1_024

const [directory, stamp, inputs] = process.argv.slice(2)
if (!directory || !stamp || !inputs) throw new Error('usage: builder.ts DIRECTORY STAMP INPUTS')

process.chdir(directory)
await rm(join(directory, 'build'), { recursive: true, force: true })
const builder = await createBuilder({
  root: directory,
  configFile: join(import.meta.dirname, 'vite.config.ts'),
  mode: 'production',
  logLevel: 'warn',
})
await builder.buildApp()
await precompress(join(directory, 'build/client'))
await writeFile(stamp, inputs)

/** Brotli at its best (RFC 7932), once: a request would not wait for it. */
async function precompress(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && compressible.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  await Promise.all(
    paths.map(async (path) => {
      const content = await readFile(path)
      if (content.length < minCompressedBytes) return
      const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
      await writeFile(`${path}.br`, await compress(content, { params }))
    }),
  )
}
