// Every part of this package in every state, for whoever works on it: `/@parts/` of each client under
// `npm run dev`. No build of a client holds any of it.
import { createRoot } from 'react-dom/client'
import { IntlProvider } from 'use-intl'
import { readChoice } from './choice.ts'
import { Page } from './page.tsx'
import './parts.css'

const choice = readChoice(location.search)
document.documentElement.lang = choice.language
document.documentElement.style.colorScheme = choice.theme === 'system' ? '' : choice.theme
const sheet = document.createElement('link')
Object.assign(sheet, { rel: 'stylesheet', href: choice.sheet })

const place = document.getElementById('page')
if (!place) throw new Error('the page has no place')
sheet.addEventListener('load', () =>
  createRoot(place).render(
    <IntlProvider locale={choice.locale} messages={choice.messages} timeZone="UTC">
      <Page choice={choice} />
    </IntlProvider>,
  ),
)
document.head.prepend(sheet)
