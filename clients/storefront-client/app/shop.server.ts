// What every page of a shop needs: the shop itself, in which language it speaks, and the cart.
import type { Output, PageRequest } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
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

export interface Reader {
  /** BCP 47. */
  readonly locale: string
}

/** Asked for once, however many loaders of a page want it; all of them have one reader. */
function oncePerPage<Given extends unknown[], Answer>(
  read: (page: PageRequest, ...given: Given) => Promise<Answer>,
): (page: PageRequest, ...given: Given) => Promise<Answer> {
  const known = new WeakMap<PageRequest, Promise<Answer>>()
  return (page, ...given) => {
    const answer = known.get(page) ?? read(page, ...given)
    known.set(page, answer)
    return answer
  }
}

/** The shop that the host names. */
export const readShop = oncePerPage(findShop)

export const readCategories = oncePerPage(async (page, reader: Reader) => {
  const { listCategories } = productContract.operations
  const { items } = await page.call(listCategories, { query: reader })
  return items
})

/** The browser's cart as a page shows it; an action, after which it is another one, finds it anew. */
export const shownCart = oncePerPage((page, reader: Reader) => findCart(page, reader))

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
  const accepted = request.headers.get('accept-language')
  const asked = askedLanguage(request)
  const language = asked ?? chooseLanguage(accepted, [...languages])
  const locale = regionalTag(accepted, language)
  return { language, asked, locale, messages: messages[language as keyof typeof messages] }
}

/** In which the catalogue is read: as the page speaks, in the words of the browser's region if it has any. */
export function readerOf(request: Request): Reader {
  return { locale: speak(request).locale }
}

/** The browser's cart, while it is open; a guest's becomes theirs when they have signed in. */
export async function findCart(
  page: PageRequest,
  query: Partial<Reader> = {},
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
