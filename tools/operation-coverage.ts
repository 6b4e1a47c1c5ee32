// Which operations of the contracts the tests have not carried out: each must have succeeded, been
// refused to those it is not for, and answered every problem that it lists.
import { common, type NamedOperation } from '../packages/contracts/src/index.ts'

/** A folder in which tests note what operations answered; see packages/testing/src/exercised.ts. */
export const exercisedFolderKey = 'PROGNETWORK_TEST_EXERCISED'

/** What an operation must have been seen to answer: `ok`, or the code of a problem. */
function expected({ shape }: NamedOperation): string[] {
  const { auth, problems = [] } = shape
  return [
    'ok',
    ...('public' in auth || 'service' in auth ? [] : [common.credentialMissing.code]),
    ...('permission' in auth ? [common.permissionDenied.code] : []),
    ...problems.map((one) => one.code),
  ]
}

/** A sentence per operation that lacks something; `seen` holds lines of `name answer`. */
export function unexercised(
  operations: readonly NamedOperation[],
  seen: ReadonlySet<string>,
): string[] {
  return operations.flatMap((operation) => {
    const lacking = expected(operation).filter((one) => !seen.has(`${operation.name} ${one}`))
    return lacking.length === 0
      ? []
      : [`${operation.service}.${operation.name} was never seen to answer ${lacking.join(', ')}`]
  })
}
