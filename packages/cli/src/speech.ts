/** A sentence for the person at the terminal; log lines go their own way. */
export function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
}

/** What a command was asked for: its result, on standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
