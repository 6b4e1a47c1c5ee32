import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Figure } from '../../../bench/figure.ts'
import { print, say } from './speech.ts'

const benchDirectory = join(import.meta.dirname, '../../../bench')

/** `prog bench`: runs one benchmark and prints its figures; a missed goal is printed, not failed. */
export async function bench(name: string, options: { json?: boolean }): Promise<void> {
  const files = await readdir(benchDirectory)
  if (!/^[a-z]+$/.test(name) || !files.includes(`${name}.ts`))
    throw new Error(`there is no benchmark ${name}`)
  const { run } = (await import(join(benchDirectory, `${name}.ts`))) as {
    run?: () => Promise<Figure[]>
  }
  if (!run) throw new Error(`${name} is no benchmark`)
  const figures = await run()
  const { figureTable } = await import('../../../bench/figure.ts')
  print(options.json ? JSON.stringify({ name, figures }) : figureTable(figures))
}

/** `prog crash`: kills a running part again and again; fails when anything is lost or doubled. */
export async function crash(
  part: string,
  options: { rounds: string; seed?: string },
): Promise<void> {
  if (part !== 'platform') throw new Error(`there is no crash test of ${part}`)
  const { crashPlatform } = await import('../../../bench/crash-platform.ts')
  const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31))
  const report = await crashPlatform({ rounds: Number(options.rounds), seed, say })
  print(JSON.stringify(report, null, 2))
  if (report.lost.length === 0 && report.doubled.length === 0) return
  say(`Repeat it with --seed ${report.seed}`)
  process.exitCode = 1
}
