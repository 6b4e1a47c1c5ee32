// Log lines for a person: time, level, service, sentence, then the fields; an error's stack below.
import { Writable } from 'node:stream'
import type { LogDestination } from './log.ts'

const colours: Record<string, number> = { debug: 90, info: 32, warn: 33, error: 31 }
const grey = 90

/** A stream that takes JSON log lines and writes them to `output` in a form made for reading. */
export function createTerminal(output: LogDestination & { isTTY?: boolean }): Writable {
  const paint = (colour: number | undefined, text: string) =>
    output.isTTY && colour ? `\u001b[${colour}m${text}\u001b[0m` : text
  return new Writable({
    decodeStrings: false,
    write(line, _encoding, done) {
      const parsed: Line = JSON.parse(String(line))
      const { level, time, service, msg, err, ...fields } = parsed
      const words = [
        paint(grey, time.slice(11, 23)),
        paint(colours[level], level.toUpperCase().padEnd(5)),
        paint(grey, service),
        msg,
        ...Object.entries(fields).map(([name, value]) =>
          paint(grey, `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
        ),
      ]
      output.write(`${words.join(' ')}${err ? describe(err) : ''}\n`)
      done()
    },
  })
}

interface Line {
  level: string
  time: string
  service: string
  msg: string
  err?: DescribedError
}

interface DescribedError {
  stack?: string
  message?: string
  cause?: DescribedError
}

function describe(error: DescribedError, heading = ''): string {
  const text = heading + (error.stack || error.message || JSON.stringify(error))
  const cause = error.cause ? describe(error.cause, 'caused by ') : ''
  return `\n  ${text.replaceAll('\n', '\n  ')}${cause}`
}
