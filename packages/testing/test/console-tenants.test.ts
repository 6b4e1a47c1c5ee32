// The console of operators and of a tenant's own house: tenants, people, configuration, settings.
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import {
  type BrowserPlatform,
  type Browsing,
  browserMissing,
  createTenants,
  startBrowserPlatform,
  type TestPerson,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

const { changeSettings, createTenant, readSettings } = tenantContract.operations

describe('the console', () => {
  let platform: BrowserPlatform
  let operator: TestPerson
  let origin: string
  let browsing: Browsing
  beforeAll(async () => {
    if (browserMissing) return
    platform = await startBrowserPlatform({ environment: { KAFKA_PASSWORD: 'hunter2' } })
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

  describe('members', () => {
    test('are invited, come in, get other roles and are removed, and the page hears of it', async () => {
      const { page, complaints } = browsing
      const shop = await platform.shop()
      const home = `/t/${shop.slug}/members`
      await open(browsing, shop.owner, home)
      await page.getByText('live', { exact: true }).waitFor()
      const guest = await platform.person()
      await page.getByRole('link', { name: 'Invite somebody' }).click()
      await page.getByLabel('E-mail').fill(guest.email)
      await page.getByRole('button', { name: 'Send the invitation' }).click()
      await page.getByText('Choose at least one role.').waitFor()
      expect(await page.getByLabel('E-mail').inputValue()).toBe(guest.email)
      await page.getByLabel('Viewer').check()
      await page.getByRole('button', { name: 'Send the invitation' }).click()
      await page.waitForURL(`${origin}${home}`)
      const invited = page.getByRole('region', { name: 'Invited' }).last()
      await invited.getByText(guest.email).waitFor()
      await invited.getByRole('button', { name: 'Send again' }).click()
      await expect.poll(() => mailsTo(guest.email)).toBe(2)
      const token = await platform.mailedToken(guest.email)
      await guest.call(userContract.operations.acceptInvitation, { body: { token } })
      await page.getByText('Nobody is invited at this moment.').waitFor()
      const row = page.getByRole('row', { name: new RegExp(guest.email) })
      await row.getByRole('link').click()
      await page.getByLabel('Viewer').uncheck()
      await page.getByLabel('Manager').check()
      await page.getByRole('button', { name: 'Save the roles' }).click()
      await row.getByText('Manager').waitFor()
      await page.getByText('Remove from the tenant').click()
      await page.getByRole('button', { name: 'Yes, do it' }).last().click()
      await page.waitForURL(`${origin}${home}`)
      await row.waitFor({ state: 'detached' })
      expect(complaints).toEqual([])
    })

    test('take invitations back and end what an operator does, without script', async () => {
      const shop = await platform.shop()
      const home = `/t/${shop.slug}/members`
      await shop.staff.call(userContract.operations.inviteMember, {
        body: { email: 'grace@example.com', roles: ['viewer'] },
      })
      const body = { tenantId: shop.id, reason: 'They asked for help' }
      await operator.call(userContract.operations.openTenantSession, { body })
      const plain = await platform.browse({ hasScript: false })
      const { page } = plain
      await open(plain, shop.owner, home)
      await page.getByText('Take back').click()
      await page.getByRole('button', { name: 'The link in the mail ends now' }).click()
      await page.getByText('Nobody is invited at this moment.').waitFor()
      const work = page.getByRole('row', { name: /They asked for help/ })
      await work.getByText('End', { exact: true }).click()
      await work.getByRole('button', { name: 'End it now' }).click()
      await page.getByRole('heading', { name: 'At work now' }).waitFor()
      expect(await work.count()).toBe(0)
      await plain.close()
    })

    test('keep their last owner, and who may only look is offered nothing', async () => {
      const { page } = browsing
      const shop = await platform.shop()
      const viewer = await createTenants(platform).join(shop, 'viewer')
      await open(browsing, shop.owner, `/t/${shop.slug}/members/${shop.owner.accountId}`)
      await page.getByLabel('Owner everything').uncheck()
      await page.getByLabel('Admin everything').check()
      await page.getByRole('button', { name: 'Save the roles' }).click()
      await page.getByText('Somebody must stay who leads').waitFor()
      const other = await platform.browse()
      await open(other, viewer, `/t/${shop.slug}/members/${shop.owner.accountId}`)
      await other.page.getByRole('heading', { name: 'A Person' }).waitFor()
      for (const name of ['Save the roles', 'Yes, do it', 'Send again'])
        expect(await other.page.getByRole('button', { name }).count()).toBe(0)
      expect(await other.page.getByRole('link', { name: 'Invite somebody' }).count()).toBe(0)
      await other.close()
    })

    async function mailsTo(email: string): Promise<number> {
      const { rows } = await platform.sql.query(
        `select count(*)::int as count from user_service.captured_mail
         where recipient = $1 and body like '%token=it_%'`,
        [email],
      )
      return rows[0].count
    }
  })

  describe('settings', () => {
    test('are changed by a form, where each says what is wrong with it', async () => {
      const { page, complaints } = browsing
      const shop = await platform.shop()
      await open(browsing, shop.owner, `/t/${shop.slug}/settings`)
      await page.getByLabel('Name that customers see').fill('Willow Goods')
      await page.getByLabel('Currency', { exact: true }).fill('usd')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Three letters, and among all currencies.').waitFor()
      expect(await page.getByLabel('Name that customers see').inputValue()).toBe('Willow Goods')
      await page.getByLabel('All currencies').fill('eur, usd')
      await page.getByLabel('Colour').fill('#0F5F66')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Done.').waitFor()
      const { body } = await shop.staff.call(readSettings, { query: {} })
      expect(body).toMatchObject({
        version: 2,
        settings: {
          ...{ displayName: 'Willow Goods', currency: 'USD', currencies: ['EUR', 'USD'] },
          ...{ brandColor: '#0f5f66', supportEmail: null },
        },
      })
      expect(complaints).toEqual([])
    })

    test('that somebody else changed meanwhile are not overwritten unseen', async () => {
      const { page } = browsing
      const shop = await platform.shop()
      await open(browsing, shop.owner, `/t/${shop.slug}/settings`)
      const changes = { displayName: 'Theirs' }
      await shop.staff.call(changeSettings, { body: { version: 1, changes } })
      await page.getByLabel('Name that customers see').fill('Mine')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Somebody else changed the settings meanwhile.').waitFor()
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Done.').waitFor()
      const { body } = await shop.staff.call(readSettings, { query: {} })
      expect(body).toMatchObject({ version: 3, settings: { displayName: 'Mine' } })
    })

    test('move the tenant to another slug, and name its domains, without script', async () => {
      const shop = await platform.shop()
      const plain = await platform.browse({ hasScript: false })
      const { page } = plain
      await open(plain, shop.owner, `/t/${shop.slug}/settings`)
      await page.getByLabel('Domain', { exact: true }).fill('no domain')
      await page.getByRole('button', { name: 'Add' }).click()
      await page.getByText('A tenant cannot be reached under this name.').waitFor()
      await page.getByLabel('Domain', { exact: true }).fill('shop.example.org')
      await page.getByRole('button', { name: 'Add' }).click()
      await page.getByText('_prognetwork.shop.example.org').waitFor()
      await page.getByText('Remove', { exact: true }).click()
      await page.getByRole('button', { name: 'Remove it' }).click()
      await page.getByText('No domain of your own yet.').waitFor()
      await page.getByText('Change name or slug').click()
      const slug = `moved-${shop.slug}`
      await page.getByLabel('Slug').fill(slug)
      await page.getByRole('button', { name: 'Change it' }).click()
      await page.waitForURL(`${origin}/t/${slug}/settings?done=rename`)
      await page.getByText('Done.').waitFor()
      await plain.close()
    })

    test('are only read by who may only look', async () => {
      const { page } = browsing
      const shop = await platform.shop()
      const viewer = await createTenants(platform).join(shop, 'viewer')
      await open(browsing, viewer, `/t/${shop.slug}/settings`)
      await page.getByText('Name that customers see').waitFor()
      expect(await page.locator('main form').count()).toBe(0)
    })
  })

  describe('people', () => {
    test('are found, and an operator ends one session of theirs or all of them', async () => {
      const { page, complaints } = browsing
      const shop = await platform.shop()
      const { owner } = shop
      const theirs = await platform.browse()
      await open(theirs, owner, `/t/${shop.slug}/orders`)
      await open(browsing, operator, `/people?q=${encodeURIComponent(owner.email)}`)
      await page.getByRole('link', { name: 'A Person' }).click()
      await page.getByRole('link', { name: shop.slug }).waitFor()
      const sessions = page.getByRole('region', { name: 'Signed in' })
      await sessions.getByText('Program', { exact: false }).waitFor()
      await page.getByText('No role; a person like any other.').waitFor()
      await page
        .getByRole('region', { name: 'Activity' })
        .getByText('session.opened')
        .first()
        .waitFor()
      const console = sessions.getByRole('row', { name: /Console/ })
      await console.getByText('End', { exact: true }).click()
      await console.getByRole('button', { name: 'End it now' }).click()
      await console.waitFor({ state: 'detached' })
      await theirs.page.getByText('connecting', { exact: true }).waitFor()
      await page.getByText('End all of them').click()
      await page.getByRole('button', { name: 'End all now' }).click()
      await page.getByText('Nowhere at this moment.').waitFor()
      const profile = () => owner.call(userContract.operations.readProfile, {})
      await expect.poll(async () => (await profile()).status).toBe(401)
      expect(complaints).toEqual([])
      await theirs.close()
    })

    test('keep the last operator, without script', async () => {
      const plain = await platform.browse({ hasScript: false })
      const { page } = plain
      await open(plain, operator, `/people/${operator.accountId}`)
      await page.getByText('Change the roles').click()
      await page.getByLabel('Operator everything').uncheck()
      await page.getByLabel('Viewer').check()
      await page.getByRole('button', { name: 'Save the roles' }).click()
      await page.getByText('Somebody must stay who leads').waitFor()
      await plain.close()
    })

    test('are nobody’s but operators’', async () => {
      const { page } = browsing
      const person = await platform.person()
      await open(browsing, person, '/people')
      await page.getByText('The credential does not allow this').waitFor()
      await page.goto(`${origin}/people/${person.accountId}`)
      await page.getByText('The credential does not allow this').waitFor()
    })
  })

  describe('the configuration', () => {
    test('is shown to operators by key, found by words, and tells no secret', async () => {
      const { page, complaints } = browsing
      await open(browsing, operator, '/tenants')
      // Keys act once the page has its script.
      await browsing.hydrated()
      await page.keyboard.press('g')
      await page.keyboard.press('c')
      await page.getByRole('heading', { name: 'Configuration' }).waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('kafka')
      await page.keyboard.press('Enter')
      await page.waitForURL(`${origin}/configuration?q=kafka`)
      const row = page.getByRole('row', { name: /KAFKA_PASSWORD/ })
      await row.getByText('Secret, set').waitFor()
      await row.getByText('environment').waitFor()
      expect(await page.getByText('LOG_LEVEL').count()).toBe(0)
      expect(await page.content()).not.toContain('hunter2')
      expect(complaints).toEqual([])
    })

    test('is nobody else’s', async () => {
      const { page } = browsing
      await open(browsing, await platform.person(), '/configuration')
      await page.getByText('The credential does not allow this').waitFor()
    })
  })
})
