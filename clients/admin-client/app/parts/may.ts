import { useRouteLoaderData } from 'react-router'
import type { loader } from '../routes/tenant.tsx'

/**
 * Whether the reader may do something here, so that it is offered to them. The services decide anew
 * whatever is shown.
 */
export function useMay(): (permission: string) => boolean {
  const permissions = useRouteLoaderData<typeof loader>('routes/tenant')?.permissions ?? []
  return (permission) => permissions.includes(permission)
}
