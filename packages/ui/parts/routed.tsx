// Parts that ask a router what is under way or what went wrong, each within one of its own.
import type { ProblemDetails } from '@prognetwork/contracts'
import { type ReactNode, useEffect } from 'react'
import { createMemoryRouter, RouterProvider, useSubmit } from 'react-router'
import { Submit } from '../src/fields.tsx'
import { ProblemPage } from '../src/problem-page.tsx'

export const never = () => new Promise<null>(() => {})

export function Sending() {
  const send = useSubmit()
  useEffect(() => void send({}, { method: 'post' }), [send])
  return <Submit>Save</Submit>
}

export function Routed({
  element,
  action,
}: {
  readonly element: ReactNode
  readonly action?: () => Promise<null>
}) {
  const routes = [{ path: '/', element, ...(action && { action }) }]
  return <RouterProvider router={createMemoryRouter(routes)} />
}

/** A page whose loader has failed. */
export function Broken({
  status = 500,
  problem: body,
  thrown,
}: {
  readonly status?: number
  readonly problem?: ProblemDetails
  readonly thrown?: Error
}) {
  const loader = () => {
    throw thrown ?? Response.json(body ?? null, { status: body?.status ?? status })
  }
  const routes = [{ path: '/', loader, element: null, errorElement: <ProblemPage /> }]
  return <RouterProvider router={createMemoryRouter(routes)} />
}
