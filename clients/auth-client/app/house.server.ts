// Who stands behind the page: the tenant that the host names, or the platform itself.
import type { PageRequest } from '@prognetwork/contracts'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { chooseLanguage, regionalTag } from '@prognetwork/ui/language'
import { findProblem } from '@prognetwork/ui/problem'
import de from './messages/de.json' with { type: 'json' }
import en from './messages/en.json' with { type: 'json' }

const messages = { en, de } as const
const languages = ['en', 'de'] as const

export interface House {
  readonly name: string
  readonly brandColor: string | null
}

const platform: House = { name: 'ProgNetwork', brandColor: null }

export async function readHouse(page: PageRequest): Promise<House> {
  if (page.tenant.slug === null) return platform
  try {
    const found = await page.callAsClient(tenantContract.operations.findTenantSettings, {})
    const { displayName, brandColor } = found.settings
    return { name: displayName, brandColor }
  } catch (thrown) {
    // It is being made at this moment.
    if (findProblem(thrown)?.code === 'tenant.settings_missing')
      return { name: page.tenant.slug, brandColor: null }
    throw thrown
  }
}

export function speak(request: Request) {
  const accepted = request.headers.get('accept-language')
  const language = chooseLanguage(accepted, [...languages])
  const locale = regionalTag(accepted, language)
  return { language, locale, messages: messages[language as keyof typeof messages] }
}
