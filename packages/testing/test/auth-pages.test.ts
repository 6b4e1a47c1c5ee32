// Signing up and in as a person does it, without script: these pages send none.
import { userContract } from '@prognetwork/contracts/user'
import {
  type BrowserPlatform,
  type Browsing,
  browserMissing,
  startBrowserPlatform,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

describe('pages for signing in', () => {
  let platform: BrowserPlatform
  let slug: string
  let auth: string
  let storefront: string
  let browsing: Browsing
  beforeAll(async () => {
    if (browserMissing) return
    platform = await startBrowserPlatform()
    slug = (await platform.shop()).slug
    auth = platform.addressOf('auth-client', slug)
    storefront = platform.addressOf('storefront-client', slug)
  }, 120_000)
  beforeEach(async (context) => {
    if (browserMissing) context.skip(browserMissing)
    browsing = await platform.browse({ hasScript: false, isPhone: true })
    return () => browsing.close()
  })
  afterAll(() => platform?.stop())

  let signUps = 0
  const newEmail = () => `reader-${signUps++}@example.com`

  async function signUp(email: string): Promise<void> {
    const { page } = browsing
    await page.getByLabel('Your name').fill('A Reader')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Make the account' }).click()
    await page.getByText(`A mail is on its way to ${email}`).waitFor()
  }

  async function signIn(email: string, password = testPassword): Promise<void> {
    const { page } = browsing
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  async function hasAccount(email: string): Promise<void> {
    const { page } = browsing
    await page.goto(`${auth}/sign-up`)
    await signUp(email)
    await page.goto(`${auth}/verify-email?token=${await platform.mailedToken(email)}`)
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Open the account' }).click()
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
  }

  test('who is sent from the shop to sign in, and signs up instead, comes back signed in', async () => {
    const { page, complaints } = browsing
    const email = newEmail()
    await page.goto(`${storefront}/account`)
    expect(page.url()).toBe(`${auth}/sign-in`)
    await page.getByRole('link', { name: 'Make an account' }).click()
    await signUp(email)
    await page.goto(`${auth}/verify-email?token=${await platform.mailedToken(email)}`)
    expect(page.url()).toBe(`${auth}/verify-email`)
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Open the account' }).click()
    expect(page.url()).toBe(`${storefront}/account`)
    await page.getByText(email).waitFor()
    expect(complaints).toEqual([])
  })

  test('a link that is opened by a scanner first still works for its reader', async () => {
    const { page } = browsing
    const email = newEmail()
    await page.goto(`${auth}/sign-up`)
    await signUp(email)
    const link = `${auth}/verify-email?token=${await platform.mailedToken(email)}`
    const scanner = await platform.browse()
    for (let time = 0; time < 2; time++) await scanner.page.goto(link)
    await scanner.close()
    await page.goto(link)
    await page.getByLabel('Password').fill('another password')
    await page.getByRole('button', { name: 'Open the account' }).click()
    await page.getByText('This is not the password you chose').waitFor()
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Open the account' }).click()
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
  })

  test('what is wrong stands at its field, and what was typed stays but for the password', async () => {
    const { page } = browsing
    await page.goto(`${auth}/sign-up`)
    await page.getByLabel('Your name').fill('A Reader')
    await page.getByLabel('E-mail').fill('reader@example.com')
    await page.getByLabel('Password').fill('password123')
    await page.getByRole('button', { name: 'Make the account' }).click()
    const field = page.getByLabel('Password')
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    expect(await field.getAttribute('aria-describedby')).toMatch(/-wrong$/)
    expect(await page.getByLabel('E-mail').inputValue()).toBe('reader@example.com')
    expect(await field.inputValue()).toBe('')
  })

  test('a wrong password is refused without a word about the account', async () => {
    const { page } = browsing
    const email = newEmail()
    await hasAccount(email)
    const stranger = await platform.browse({ hasScript: false })
    const said: (string | null)[] = []
    for (const address of [email, 'nobody@example.com']) {
      await stranger.page.goto(`${auth}/sign-in`)
      await stranger.page.getByLabel('E-mail').fill(address)
      await stranger.page.getByLabel('Password').fill('wrong password')
      await stranger.page.getByRole('button', { name: 'Sign in' }).click()
      said.push(await stranger.page.getByRole('alert').textContent())
    }
    await stranger.close()
    expect(said[0]).toBe('E-mail and password do not belong together.')
    expect(said[1]).toBe(said[0])
    await page.goto(`${auth}/account`)
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await signIn(email)
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
  })

  test('a new password is set by the mail, and ends every session', async () => {
    const { page } = browsing
    const email = newEmail()
    await hasAccount(email)
    await page.goto(`${auth}/reset-password`)
    await page.getByLabel('E-mail').fill(email)
    await page.getByRole('button', { name: 'Send the mail' }).click()
    await page.getByText('a mail is on its way').waitFor()
    const token = await platform.mailedToken(email)
    await page.goto(`${auth}/reset-password?token=${token}`)
    expect(page.url()).toBe(`${auth}/reset-password`)
    await page.getByLabel('New password').fill('a green thought in a green shade')
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.getByText('The password is set').waitFor()
    await page.goto(`${auth}/account`)
    expect(page.url()).toBe(`${auth}/sign-in`)
    await signIn(email, 'a green thought in a green shade')
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    await page.goto(`${auth}/reset-password?token=${token}`)
    await page.getByLabel('New password').fill('the same garden state again')
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.getByText('The link was used already').waitFor()
  })

  test('sessions are listed, and ending one ends it', async () => {
    const { page } = browsing
    const email = newEmail()
    await hasAccount(email)
    const other = await platform.browse({ hasScript: false })
    await other.page.goto(`${storefront}/sign-in?to=/account`)
    await other.page.getByLabel('E-mail').fill(email)
    await other.page.getByLabel('Password').fill(testPassword)
    await other.page.getByRole('button', { name: 'Sign in' }).click()
    await other.page.getByText(email).waitFor()
    await page.goto(`${auth}/account`)
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Shop' })
      .getByRole('button', { name: 'Sign out there' })
      .click()
    await other.page.goto(`${storefront}/account`)
    expect(new URL(other.page.url()).pathname).toBe('/sign-in')
    await other.close()
  })

  test('an invitation is accepted by whom it was sent to', async () => {
    const { page } = browsing
    const { staff, slug: theirs } = await platform.shop()
    const email = newEmail()
    await staff.call(userContract.operations.inviteMember, { body: { email, roles: ['manager'] } })
    const pages = platform.addressOf('auth-client')
    await page.goto(`${pages}/accept-invitation?token=${await platform.mailedToken(email)}`)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'Make an account' }).click()
    await signUp(email)
    await page.goto(`${pages}/verify-email?token=${await platform.mailedToken(email)}`)
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Open the account' }).click()
    expect(page.url()).toBe(`${pages}/accept-invitation`)
    await page.getByRole('button', { name: 'Accept the invitation' }).click()
    await page.getByRole('link', { name: theirs }).click()
    expect(page.url()).toContain('/sign-in')
    await page.getByRole('button', { name: 'Go on as you are signed in' }).waitFor()
  })

  test('the first operator is made by the link that the first start printed', async () => {
    const { page } = browsing
    const link = /http\S+set-up\?token=\S+/.exec(platform.notices.join(' '))?.[0] ?? ''
    await page.goto(link)
    await page.getByLabel('Your name').fill('The Operator')
    await page.getByLabel('E-mail').fill('first@example.com')
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Make the operator' }).click()
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    await page.goto(`${platform.addressOf('auth-client')}/set-up`)
    await page.getByRole('heading', { name: 'This page needs its link' }).waitFor()
  })
})
