import { chooseLanguage } from '@prognetwork/ui/language'
import de from './messages/de.json' with { type: 'json' }
import en from './messages/en.json' with { type: 'json' }

const messages = { en, de } as const
const languages = ['en', 'de'] as const

export function speak(request: Request) {
  const language = chooseLanguage(request.headers.get('accept-language'), [...languages])
  return { language, messages: messages[language as keyof typeof messages] }
}
