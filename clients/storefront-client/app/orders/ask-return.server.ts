import type { CallInput, PageRequest } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { problemOf } from '@prognetwork/ui/problem'
import { data, redirect } from 'react-router'

const { requestMyReturn, requestReturnByKey } = orderContract.operations
type Wanted = CallInput<typeof requestMyReturn>['body']

/** The form of an order's page: how many of each go back, and why. */
export async function askForReturn(
  page: PageRequest,
  form: FormData,
  of: { readonly key: string } | { readonly orderId: string },
  back: string,
) {
  const body: Wanted = {
    id: String(form.get('id')),
    reason: String(form.get('reason') ?? ''),
    lines: [...form].flatMap(([name, value]) => {
      const variantId = /^line:(.+)$/.exec(name)?.[1]
      const quantity = Number(value)
      return variantId === undefined || quantity === 0 ? [] : [{ variantId, quantity }]
    }),
  }
  try {
    if ('key' in of) await page.call(requestReturnByKey, { params: of, body })
    else await page.call(requestMyReturn, { params: of, body })
  } catch (thrown) {
    const problem = problemOf(thrown)
    return data({ problem, reason: body.reason }, { status: problem.status })
  }
  return redirect(back)
}
