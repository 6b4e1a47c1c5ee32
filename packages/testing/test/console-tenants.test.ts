// The console of operators and of a tenant's own house: tenants, people, configuration, settings.
import { tenantContract } from '@prognetwork/contracts/tenant'
import {
  type BrowserPlatform,
  type Browsing,
  browserMissing,
  startBrowserPlatform,
  type TestPerson,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

const { createTenant } = tenantContract.operations

describe('the console', () => {
  let platform: BrowserPlatform
  let operator: TestPerson
  let origin: string
  let browsing: Browsing
  beforeAll(async () => {
    if (browserMissing) return
    platform = await startBrowserPlatform()
    operator = await platform.operator()
    origin = platform.addressOf('admin-client')
  }, 120_000)
  beforeEach(async (context) => {
    if (browserMissing) context.skip(browserMissing)
    browsing = await platform.browse()
    return () => browsing.close()
  })
  afterAll(() => platform?.stop())

  /** Opens a page of the console, signed in on the way. */
  async function open({ page }: Browsing, { email }: { readonly email: string }, path: string) {
    await page.goto(`${origin}${path}`)
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${origin}${path}`)
  }

  describe('tenants', () => {
    test('an operator makes one, sees it become ready, suspends it and resumes it', async () => {
      const { page, complaints } = browsing
      const owner = await platform.person()
      await open(browsing, operator, '/tenants')
      await page.getByRole('link', { name: 'New tenant' }).click()
      await page.getByLabel('Name', { exact: true }).fill('Willow & Sons')
      await page.getByLabel('Slug', { exact: true }).fill('admin')
      await page.getByLabel('E-mail of the first owner').fill(owner.email)
      await page.getByRole('button', { name: 'Create it' }).click()
      await page.getByText('This slug is kept for the platform.').first().waitFor()
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Willow & Sons')
      await page.getByLabel('Slug', { exact: true }).fill('willow-and-sons')
      await page.getByRole('button', { name: 'Create it' }).click()
      const drawer = page.getByRole('region', { name: 'Willow & Sons' })
      await drawer.getByText('Done').waitFor()
      await drawer.getByText('Active', { exact: true }).waitFor()
      await page.getByRole('table').getByText('willow-and-sons').waitFor()
      await drawer.getByText('Suspend the tenant').click()
      await drawer.getByLabel('Reason').fill('An unpaid bill')
      await drawer.getByRole('button', { name: 'Suspend it' }).click()
      await drawer.getByText('Suspended', { exact: true }).waitFor()
      await page.getByRole('row', { name: /willow-and-sons Suspended/ }).waitFor()
      const headers = { 'prog-tenant': 'willow-and-sons' }
      const shut = await platform.anonymous.raw('GET', '/api/v1/key-set', { headers })
      expect(shut.problem.code).toBe('identity.tenant_suspended')
      await drawer.getByText('Resume the tenant').click()
      await drawer.getByRole('button', { name: 'Resume it' }).click()
      await drawer.getByText('Active', { exact: true }).waitFor()
      await page.keyboard.press('Escape')
      await page.waitForURL(`${origin}/tenants`)
      expect(complaints).toEqual([])
    })

    test('are found by words and state, a page at a time, all of them', async () => {
      const { page } = browsing
      const person = await platform.person()
      for (let number = 1; number <= 51; number++)
        await person.call(createTenant, {
          body: { name: `Many ${number}`, slug: `many-${number}` },
        })
      await open(browsing, operator, '/tenants?q=many-')
      expect(await page.locator('tbody tr').count()).toBe(50)
      await page.getByRole('link', { name: 'Earlier ones' }).click()
      await page.getByRole('link', { name: 'Many 1', exact: true }).waitFor()
      expect(await page.locator('tbody tr').count()).toBe(1)
      await page.keyboard.press('/')
      await page.keyboard.type('0')
      await page.getByLabel('State').selectOption('Suspended')
      await page.getByRole('button', { name: 'Show' }).click()
      await page.getByText('No tenant is like this.').waitFor()
    })

    test('are made, suspended and resumed without script', async () => {
      const plain = await platform.browse({ hasScript: false })
      const { page } = plain
      const owner = await platform.person()
      await open(plain, operator, '/tenants/new')
      await page.getByLabel('Name', { exact: true }).fill('Plain')
      await page.getByLabel('Slug', { exact: true }).fill('plain-one')
      await page.getByLabel('E-mail of the first owner').fill('nobody@example.com')
      await page.getByRole('button', { name: 'Create it' }).click()
      await page.getByText('No account of the platform has this address').first().waitFor()
      await page.getByLabel('E-mail of the first owner').fill(owner.email)
      await page.getByRole('button', { name: 'Create it' }).click()
      await page.getByRole('heading', { name: 'Plain' }).waitFor()
      await expect
        .poll(async () => {
          await page.reload()
          return page.getByText('Suspend the tenant').isVisible()
        })
        .toBe(true)
      await page.getByText('Suspend the tenant').click()
      await page.getByLabel('Reason').fill('For a while')
      await page.getByRole('button', { name: 'Suspend it' }).click()
      await page.getByText('Resume the tenant').click()
      await page.getByRole('button', { name: 'Resume it' }).click()
      await page.getByText('Suspend the tenant').waitFor()
      await plain.close()
    })

    test('are nobody’s but operators’', async () => {
      const { page } = browsing
      await open(browsing, await platform.person(), '/tenants')
      await page.getByText('The credential does not allow this').waitFor()
    })

    test('are where an operator who is nobody’s member begins', async () => {
      const { page } = browsing
      await open(browsing, operator, '/tenants')
      await page.goto(origin)
      await page.waitForURL(`${origin}/tenants`)
    })
  })
})
