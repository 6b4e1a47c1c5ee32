// When a mail is tried again, and when it is given up: what is refused for the moment is tried for
// more than two days (RFC 5321, 4.5.4.1, asks for four to five of a relay; whoever takes a mail from
// here is one).
const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

const delaysMs = [
  5 * secondMs,
  minuteMs,
  5 * minuteMs,
  15 * minuteMs,
  30 * minuteMs,
  hourMs,
  2 * hourMs,
  4 * hourMs,
  8 * hourMs,
  16 * hourMs,
  24 * hourMs,
]
/** Of the delay, added at random: what failed together does not come back together. */
const jitter = 0.2

/** How long to wait after this many attempts; undefined when it is given up. */
export function delayAfter(attempts: number, random: () => number = Math.random) {
  const delayMs = delaysMs[attempts - 1]
  return delayMs === undefined ? undefined : Math.round(delayMs * (1 + jitter * random()))
}
