// What every page of a shop needs: the shop itself, in which language it speaks, and the cart.
import type { Output, PageRequest } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { chooseLanguage, regionalTag } from '@prognetwork/ui/language'
import { findProblem, problemOf } from '@prognetwork/ui/problem'
import { data } from 'react-router'
import de from './messages/de.json' with { type: 'json' }
import en from './messages/en.json' with { type: 'json' }
import { languages } from './parts/languages.ts'

const { createCart, readCart, takeCart } = orderContract.operations
type Cart = Output<typeof readCart>

const messages = { en, de } as const
const cartCookie = 'pn-cart'
const cartSeconds = 30 * 86_400

export interface Shop {
  readonly name: string
  readonly currency: string
  readonly brandColor: string | null
  readonly supportEmail: string | null
  /** In which the catalogue is written where it is not translated. */
  readonly locale: string
}

const shops = new WeakMap<PageRequest, Promise<Shop>>()

/** The shop that the host names, asked for once however many loaders of a page want it. */
export function readShop(page: PageRequest): Promise<Shop> {
  const shop = shops.get(page) ?? findShop(page)
  shops.set(page, shop)
  return shop
}

/** Not every tenant has one: the platform's own has no settings. */
async function findShop(page: PageRequest): Promise<Shop> {
  try {
    const found = await page.callAsClient(tenantContract.operations.findTenantSettings, {})
    const { displayName, currency, brandColor, supportEmail, locale } = found.settings
    return { name: displayName, currency, brandColor, supportEmail, locale }
  } catch (thrown) {
    if (findProblem(thrown)?.code !== 'tenant.settings_missing') throw thrown
    throw data(null, { status: 404 })
  }
}

/** The language that an address asks for, whatever the browser would; search engines come by it. */
function askedLanguage(request: Request): keyof typeof messages | undefined {
  const asked = new URL(request.url).searchParams.get('language')
  return languages.find((one) => one === asked)
}

export function speak(request: Request) {
  const asked = askedLanguage(request)
  const language = asked ?? chooseLanguage(request.headers.get('accept-language'), [...languages])
  return { language, asked, messages: messages[language as keyof typeof messages] }
}

/** In which the catalogue is read: as the page speaks, in the words of the browser's region if it has any. */
export function readerOf(request: Request): { readonly locale: string } {
  return { locale: regionalTag(request.headers.get('accept-language'), speak(request).language) }
}

/** The browser's cart, while it is open; a guest's becomes theirs when they have signed in. */
export async function findCart(
  page: PageRequest,
  query: { readonly locale?: string } = {},
): Promise<Cart | null> {
  const [cartId, owner] = page.readCookie(cartCookie)?.split('.') ?? []
  if (!cartId) return null
  const { person } = page
  const params = { cartId }
  try {
    const isNew = person !== null && owner !== person.accountId
    const taken = isNew ? await page.call(takeCart, { params }) : undefined
    if (taken) keepCart(page, taken.id)
    const cart = await page.call(readCart, { params: { cartId: taken?.id ?? cartId }, query })
    return cart.state === 'open' ? cart : null
  } catch (thrown) {
    if (problemOf(thrown).status >= 500) throw thrown
    // Ordered, swept, or somebody else's: a new one begins with the next thing that is put in.
    return null
  }
}

/** The id of the browser's cart, ordered or not. */
export function keptCart(page: PageRequest): string | undefined {
  return page.readCookie(cartCookie)?.split('.')[0] || undefined
}

export async function cartToFill(page: PageRequest): Promise<string> {
  const found = await findCart(page)
  if (found) return found.id
  const { id } = await page.call(createCart, { body: {} })
  keepCart(page, id)
  return id
}

function keepCart(page: PageRequest, cartId: string): void {
  page.setCookie(cartCookie, `${cartId}.${page.person?.accountId ?? ''}`, cartSeconds)
}

export function countOf(cart: Cart | null): number {
  return cart?.lines.reduce((sum, line) => sum + line.quantity, 0) ?? 0
}
