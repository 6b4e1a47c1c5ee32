// Many clients of one stream, in a process of their own: nothing but sockets, so that the reading side
// costs as little as it can. Started with its work as JSON in its arguments.
import { connect, type Socket } from 'node:net'

interface Work {
  readonly port: number
  readonly path: string
  readonly headers: readonly string[]
  readonly count: number
}

const { port, path, headers, count }: Work = JSON.parse(process.argv[2] ?? '{}')
const request = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers, '', ''].join('\r\n')
/** As many at once as the listening queue of the kernel takes. */
const atOnce = 200

/** When each client got the first byte of what was told last; milliseconds of the wall clock. */
let arrivals: number[] = []
let isTold = false

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    let hasOpened = false
    let round = 0
    socket.on('data', (chunk) => {
      if (!hasOpened) {
        hasOpened = true
        const first = chunk.toString('latin1', 0, 12)
        if (first !== 'HTTP/1.1 200' && first !== 'HTTP/1.1 101') reject(new Error(first))
        resolve(socket)
      } else if (isTold && round !== told && chunk.includes('bench.told')) {
        round = told
        arrivals.push(performance.timeOrigin + performance.now())
      }
    })
    socket.on('error', reject)
  })
}

let told = 0
for (let opened = 0; opened < count; opened += atOnce)
  await Promise.all(Array.from({ length: Math.min(atOnce, count - opened) }, open))
process.send?.('open')

process.on('message', async (message) => {
  if (message === 'begin') {
    told += 1
    arrivals = []
    isTold = true
    process.send?.('ready')
  }
  if (message === 'end') {
    const untilMs = performance.now() + 10_000
    while (arrivals.length < count && performance.now() < untilMs)
      await new Promise((resolve) => setTimeout(resolve, 20))
    isTold = false
    process.send?.(arrivals)
  }
})
process.on('disconnect', () => process.exit())
