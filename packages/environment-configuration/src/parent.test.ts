import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'

const parentModule = JSON.stringify(new URL('./parent.ts', import.meta.url).href)

/** Runs `code` in a process of its own, with `onParentGone` at hand. */
function run(code: string, channel: 'ipc' | 'ignore') {
  const source = `import { onParentGone } from ${parentModule}; ${code}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'ignore', 'inherit', channel],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

test('a child stops when the process that started it is killed', async () => {
  const grandchild = `import { onParentGone } from ${parentModule}
    onParentGone(() => process.exit())
    setInterval(() => {}, 1000)
    process.send(process.pid)`
  const child = run(
    `import { spawn } from 'node:child_process'
     const inner = spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(grandchild)}],
       { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
     inner.on('message', (pid) => process.send(pid))`,
    'ipc',
  )
  const [pid] = await once(child, 'message')
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  })
  expect(() => process.kill(pid, 0)).not.toThrow()
  child.kill('SIGKILL')
  await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false)
})

test('watching the parent does not keep a finished process alive', async () => {
  const child = run('onParentGone(() => {})', 'ipc')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('without a channel nothing is watched', async () => {
  const child = run('onParentGone(() => process.exit(1))', 'ignore')
  expect(await once(child, 'exit')).toEqual([0, null])
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
