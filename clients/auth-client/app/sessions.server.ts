import type { PageRequest } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'
import { goBack } from './way-back.server.ts'

/** Signs the browser in here, and leads it back to where it came from. */
export async function signIn(
  page: PageRequest,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<Response> {
  const { userAgent, credential: replaces } = page
  const opened = await page.callAsClient(userContract.operations.openBrowserSession, {
    body: { email, password, userAgent, ...(replaces !== undefined && { replaces }) },
  })
  page.setSession(opened)
  return goBack(page, opened.credential)
}
