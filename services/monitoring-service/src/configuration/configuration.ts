import type { monitoringContract } from '@prognetwork/contracts/monitoring'
import type { Handlers, Parts } from '@prognetwork/shared-infrastructure'

type List = Handlers<typeof monitoringContract>['listConfiguration']

/** What this process was configured with, without secrets; other processes have read their own. */
export function createConfiguration({
  configurationKeys,
}: Pick<Parts<unknown>, 'configurationKeys'>) {
  const list: List = async (_ctx, { query }) => {
    const words = query.words?.toLowerCase()
    const items = configurationKeys().filter(
      ({ key, owner, description }) =>
        words === undefined || `${key} ${owner} ${description}`.toLowerCase().includes(words),
    )
    return { items: [...items] }
  }
  return { list }
}
