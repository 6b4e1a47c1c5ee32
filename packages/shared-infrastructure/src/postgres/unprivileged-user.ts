import { run, type ServerUser } from './command.ts'

const USER_NAME = 'prognetwork'

/**
 * The user PostgreSQL runs as when we are root, which PostgreSQL itself refuses to be; undefined
 * when we are not root. Creates the system user `prognetwork` when it is missing, and falls back to
 * `nobody` where no user can be created.
 * @throws Error when there is no user to drop to.
 */
export async function findServerUser(
  say: (sentence: string) => void,
): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  if (process.platform !== 'linux') {
    throw new Error(
      'PostgreSQL does not run as root, and on this system no user is made for it. ' +
        'Start the platform as an ordinary user.',
    )
  }
  const existing = await lookUp(USER_NAME)
  if (existing) return existing
  const failure = await createUser()
  const created = await lookUp(USER_NAME)
  if (created) {
    say(`Created the system user ${USER_NAME}: PostgreSQL does not run as root.`)
    return created
  }
  const nobody = await lookUp('nobody')
  if (!nobody) {
    throw new Error(
      `PostgreSQL does not run as root, and the user ${USER_NAME} could not be created ` +
        `(${failure}). Create it, or start the platform as an ordinary user.`,
    )
  }
  say(`The user ${USER_NAME} could not be created (${failure}); PostgreSQL runs as nobody.`)
  return nobody
}

async function createUser(): Promise<string> {
  let failure = ''
  // The account files are locked while another program changes them, perhaps another start of ours.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await run('groupadd', ['--system', USER_NAME])
    const { succeeded, output } = await run('useradd', [
      ...['--system', '--gid', USER_NAME, '--no-create-home', '--home-dir', '/nonexistent'],
      ...['--shell', '/usr/sbin/nologin', USER_NAME],
    ])
    if (succeeded || (await lookUp(USER_NAME))) return ''
    failure = output.trim()
    if (!failure.includes('lock')) return failure
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return failure
}

async function lookUp(name: string): Promise<ServerUser | undefined> {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
  if (!uid.succeeded || !gid.succeeded) return undefined
  return { uid: Number(uid.output), gid: Number(gid.output), name }
}

/** Whether `user` gets into `directory`, asked of the system itself so that ACLs count too. */
export async function canEnter(user: ServerUser, directory: string): Promise<boolean> {
  return (await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], user)).succeeded
}
