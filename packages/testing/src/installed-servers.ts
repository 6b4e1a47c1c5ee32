import { existsSync, readdirSync } from 'node:fs'

export interface InstalledServers {
  /** The folder of `postgres` and `initdb`, of the oldest version that the platform supports. */
  readonly postgres: string
  readonly pgbouncer: string
}

/** Why tests on the system's servers are left out, where they are not installed. */
export const systemServersMissing =
  'needs PostgreSQL (15 or later), PgBouncer and setpriv from packages of the system'

const oldestVersion = 15

/** The servers of this system; undefined unless all of them are there. */
export function findSystemServers(): InstalledServers | undefined {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : []
  const [version] = versions
    .map(Number)
    .filter((one) => one >= oldestVersion)
    .sort((one, other) => one - other)
  const pgbouncer = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path))
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].some((path) => existsSync(path))
  if (version === undefined || pgbouncer === undefined || !setpriv) return undefined
  return { postgres: `/usr/lib/postgresql/${version}/bin`, pgbouncer }
}
