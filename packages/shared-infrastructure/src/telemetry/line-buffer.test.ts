import { execFile, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const modulePath = new URL('./log.ts', import.meta.url).href

/** A program that writes `count` lines to its standard output and then does `end`. */
function program(count: number, end: string): string[] {
  const source = `
    import { createLog } from '${modulePath}'
    const log = createLog({ service: 'a', level: 'info' })
    for (let n = 0; n < ${count}; n += 1) {
      log.info({ n }, 'line ü')
      if (n % 100 === 0) await new Promise(setImmediate)
    }
    ${end}`
  return ['--input-type=module', '-e', source]
}

function numbers(output: string): number[] {
  return output
    .trimEnd()
    .split('\n')
    .map((line): number => JSON.parse(line).n)
}

const inOrder = (count: number) => Array.from({ length: count }, (_, n) => n)

describe('standard output', () => {
  it.each(['', 'process.exit(0)', 'process.exitCode = 3', 'throw new Error("crash")'])(
    'has every line in its order after the process ended (%s)',
    async (end) => {
      const { stdout } = await run(process.execPath, program(1000, end)).catch((exit) => exit)
      expect(numbers(stdout)).toEqual(inOrder(1000))
    },
  )

  it('gets few lines soon, not only at the end', async () => {
    const child = spawn(process.execPath, program(3, 'setInterval(() => {}, 1000)'))
    try {
      for await (const chunk of child.stdout) {
        expect(numbers(String(chunk))).toEqual([0, 1, 2])
        break
      }
    } finally {
      child.kill()
    }
  })

  it('has every line when its reader is slow', async () => {
    const child = spawn(process.execPath, program(30_000, ''))
    await sleep(400)
    let output = ''
    for await (const chunk of child.stdout.setEncoding('utf8')) output += chunk
    expect(numbers(output)).toEqual(inOrder(30_000))
  })

  it('that nobody reads any more does not stop the process', async () => {
    const script = '"$@" | head -n 1; echo "exit $?"'
    const end = 'await new Promise((done) => setTimeout(done, 400)); console.error("went on")'
    const args = ['-c', script, 'sh', process.execPath, ...program(30_000, end)]
    const { stdout, stderr } = await run('sh', args)
    expect(stdout).toContain('"n":0')
    expect(stderr).toBe('went on\n')
  })
})
