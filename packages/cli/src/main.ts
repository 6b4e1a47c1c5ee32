import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Half of what a start costs is reading and compiling source: it is done once. Where nothing can be
// written everything is compiled each time.
enableCompileCache(join(import.meta.dirname, '../../../node_modules/.cache/prognetwork'))
const { runCommandLine } = await import('./command-line.ts')

await runCommandLine(process.argv.slice(2))
