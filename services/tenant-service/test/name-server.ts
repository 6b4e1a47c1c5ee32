import { createSocket } from 'node:dgram'
import { decode, encode, RECURSION_AVAILABLE } from 'dns-packet'

/** RFC 1035, section 4.1.1. */
const responseCodes = { answering: 0, failing: 2, refusing: 5 }
const nameError = 3

/** A name server on loopback that knows the TXT records it is told. */
export interface NameServer {
  /** As the configuration takes it. */
  readonly address: string
  /** Records by name; each is one text, or the pieces of one. */
  readonly zone: Map<string, (string | string[])[]>
  /** Names that exist without a TXT record. */
  readonly bare: Set<string>
  behave(how: keyof typeof responseCodes): void
  stop(): Promise<void>
}

export async function startNameServer(): Promise<NameServer> {
  const zone: NameServer['zone'] = new Map()
  const bare: NameServer['bare'] = new Set()
  let behaviour: keyof typeof responseCodes = 'answering'
  const socket = createSocket('udp4')
  socket.on('message', (message, peer) => {
    const { id, questions = [] } = decode(message)
    const [question] = questions
    const name = question?.name.toLowerCase() ?? ''
    const records = zone.get(name) ?? []
    const isKnown = records.length > 0 || bare.has(name)
    const code = behaviour === 'answering' && !isKnown ? nameError : responseCodes[behaviour]
    const answer = encode({
      type: 'response',
      id: id ?? 0,
      flags: RECURSION_AVAILABLE | code,
      questions,
      answers: code === 0 ? records.map((data) => ({ type: 'TXT', name, ttl: 0, data })) : [],
    })
    socket.send(answer, peer.port, peer.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${socket.address().port}`,
    zone,
    bare,
    behave(how) {
      behaviour = how
    },
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}
