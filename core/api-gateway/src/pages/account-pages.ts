// What the links of mails, and of the first start, lead to.
import { readFileSync } from 'node:fs'
import type { NamedOperation } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'
import type { Gate } from '@prognetwork/shared-infrastructure/front'
import { addDocument, type Page, pageDocument } from '@prognetwork/shared-infrastructure/front'

const script = readFileSync(new URL('./account-form.js', import.meta.url), 'utf8')
const { setUpPlatform, verifyEmail, requestPasswordReset, resetPassword } = userContract.operations

interface Form {
  readonly operation: NamedOperation
  /** Shown when the link brought a token; the others when it did not. */
  readonly withToken: boolean
  readonly intro: string
  readonly fields: readonly Field[]
  readonly button: string
  readonly done: string
}

interface Field {
  readonly name: string
  readonly label: string
  readonly attributes: string
  readonly hint?: string
}

const email: Field = {
  name: 'email',
  label: 'E-mail',
  attributes: 'type="email" autocomplete="email" maxlength="254"',
}
const displayName: Field = {
  name: 'displayName',
  label: 'Your name',
  attributes: 'type="text" autocomplete="name" maxlength="100"',
}
const chosenPassword: Field = {
  name: 'password',
  label: 'Your password',
  attributes: 'type="password" autocomplete="current-password" maxlength="1000"',
}
const newPassword: Field = {
  name: 'password',
  label: 'New password',
  attributes: 'type="password" autocomplete="new-password" minlength="8" maxlength="256"',
  hint: 'At least 8 characters. A few words that belong together only for you are best.',
}

export function mountAccountPages(gate: Gate): void {
  addPage(gate, '/set-up', 'Set up ProgNetwork', [
    {
      operation: setUpPlatform,
      withToken: true,
      intro: 'Make the first operator: the account that may do everything.',
      fields: [email, displayName, newPassword],
      button: 'Make the operator',
      done: 'The operator is made. Sign in with this e-mail and password.',
    },
  ])
  addPage(gate, '/verify-email', 'Verify your e-mail address', [
    {
      operation: verifyEmail,
      withToken: true,
      intro: 'One more step, and your account is open: type the password you chose.',
      fields: [chosenPassword],
      button: 'Verify the address',
      done: 'Your address is verified. You can sign in now.',
    },
  ])
  addPage(gate, '/reset-password', 'Set a new password', [
    {
      operation: resetPassword,
      withToken: true,
      intro: 'You will be signed out everywhere.',
      fields: [newPassword],
      button: 'Set the password',
      done: 'Your password is set. Sign in with it.',
    },
    {
      operation: requestPasswordReset,
      withToken: false,
      intro: 'Tell us your address, and a mail with a link comes to it.',
      fields: [email],
      button: 'Send the mail',
      done: 'If the address has an account, a mail is on its way. The link in it works for half an hour.',
    },
  ])
}

function addPage(gate: Gate, path: string, title: string, forms: readonly Form[]): void {
  const page: Page = {
    title,
    script,
    content: `${forms.map(formHtml).join('\n')}
<p id="done" role="status" tabindex="-1" hidden></p>
<p id="incomplete" hidden>This link is not complete. Open it once more from where you got it, or copy all of it, with what stands behind #.</p>
<noscript><p>This page needs JavaScript: the secret of your link stands behind # and only a script can read it there. Allow scripts for this page, or send the secret yourself as <code>token</code> by POST to ${forms.map(({ operation }) => `<code>${addressOf(operation)}</code>`).join(' or ')}; <a href="/openapi.json">the reference</a> says how.</p></noscript>`,
  }
  addDocument(gate, path, () => pageDocument(page))
}

/** Hidden until the script runs, which is the only way in which a form can be sent. */
function formHtml({ operation, withToken, intro, fields, button, done }: Form): string {
  return `<form method="post" data-post="${addressOf(operation)}" data-done="${done}"${withToken ? ' data-token' : ''} hidden>
<p class="quiet">${intro}</p>
${fields.map((field) => fieldHtml(operation.name, field)).join('\n')}
<p class="wrong" role="alert"></p>
<button>${button}</button>
</form>`
}

function fieldHtml(form: string, { name, label, attributes, hint }: Field): string {
  const id = `${form}-${name}`
  const described = hint === undefined ? `${id}-wrong` : `${id}-hint ${id}-wrong`
  return `<label for="${id}">${label}</label>
<input id="${id}" name="${name}" required aria-describedby="${described}" ${attributes}>
${hint === undefined ? '' : `<p class="hint" id="${id}-hint">${hint}</p>`}
<p class="wrong" id="${id}-wrong"></p>`
}

function addressOf(operation: NamedOperation): string {
  return `/api${operation.path}`
}
