import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The superuser of a state directory's embedded server, whom row-level security does not bind. */
export function superuserOf(stateDirectory: string) {
  return {
    host: join(stateDirectory, 'socket'),
    user: 'postgres',
    database: 'postgres',
    password: readFileSync(join(stateDirectory, 'postgres.password'), 'utf8').trim(),
  }
}
