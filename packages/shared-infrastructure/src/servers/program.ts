import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { environment } from '@prognetwork/environment-configuration'

const ofTheSystem = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin']

/** Where a program of the system is, also when its folder is not in the PATH of ordinary users. */
export function findProgram(name: string): string | undefined {
  const folders = [...(environment.PATH ?? '').split(':'), ...ofTheSystem]
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export class MissingProgram extends Error {
  constructor(name: string, debianPackage: string) {
    super(`There is no ${name} here. On Debian: apt-get install ${debianPackage}`)
    this.name = 'MissingProgram'
  }
}
