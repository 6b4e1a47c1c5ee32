import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { passwordBreached } from '@prognetwork/contracts/user'
import { Problem } from '@prognetwork/shared-infrastructure'
import { dictionary } from '@zxcvbn-ts/language-common'
import { createHashQueue } from './hash-queue.ts'

// OWASP's first choice for argon2id (the library's default): 19 MiB, two passes, one lane.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const maxWaiting = 200

/** Hashing and checking of passwords. */
export interface Passwords {
  /** Refuses a password that attackers try first, then hashes it (argon2id, PHC string). */
  hash(password: string): Promise<string>
  /**
   * Whether the password belongs to the hash. Without a hash it does the same work and answers
   * false, so an unknown account costs as much time as a wrong password.
   */
  verify(stored: string | undefined, password: string): Promise<boolean>
}

export async function createPasswords(): Promise<Passwords> {
  const enqueue = createHashQueue({ concurrency: availableParallelism(), maxWaiting })
  const breached = new Set(dictionary['passwords-common'])
  const nobodys = await hash('the password of nobody', cost)
  return {
    async hash(password) {
      const normal = normalize(password)
      if (breached.has(normal.toLowerCase()))
        throw new Problem(passwordBreached, 'Choose a password that is not on lists of leaks', {
          errors: [
            {
              pointer: '/body/password',
              expected: 'a password that is on no list of common passwords',
              detail: 'This one is',
            },
          ],
        })
      return enqueue(() => hash(normal, cost))
    },
    async verify(stored, password) {
      const matches = await enqueue(() => verify(stored ?? nobodys, normalize(password)))
      return matches && stored !== undefined
    },
  }
}

/** The same characters typed on different keyboards are one password (NIST SP 800-63B, 3.1.1.2). */
function normalize(password: string): string {
  return password.normalize('NFKC')
}
