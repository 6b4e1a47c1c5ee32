import { chooseLanguage, regionalTag } from '@prognetwork/ui/language'
import de from './messages/de.json' with { type: 'json' }
import en from './messages/en.json' with { type: 'json' }

const messages = { en, de } as const
const languages = ['en', 'de'] as const

export function speak(request: Request) {
  const accepted = request.headers.get('accept-language')
  const language = chooseLanguage(accepted, [...languages])
  const locale = regionalTag(accepted, language)
  return { language, locale, messages: messages[language as keyof typeof messages] }
}
