import type { Mail } from '../captured-mail/captured-mail.ts'
import { accountLink } from './account-links.ts'

export function verificationMail(to: string, pages: string, token: string): Mail {
  return {
    to,
    subject: 'Verify your e-mail address',
    text: [
      'Somebody signed up with this address. If it was you, verify it here within a day:',
      accountLink(pages, 'verify-email', token),
      'If it was not you, do nothing: without this link the account stays closed.',
    ].join('\n\n'),
  }
}

export function youHaveAnAccountMail(to: string, pages: string): Mail {
  return {
    to,
    subject: 'You have an account already',
    text: [
      'Somebody tried to sign up with this address, which has an account already.',
      `If it was you, sign in, or set a new password: ${pages}/reset-password`,
      'If it was not you, there is nothing to do.',
    ].join('\n\n'),
  }
}

export function resetMail(to: string, pages: string, token: string): Mail {
  return {
    to,
    subject: 'Set a new password',
    text: [
      'Somebody asked to set a new password for this address. If it was you, do it here within half an hour:',
      accountLink(pages, 'reset-password', token),
      'If it was not you, do nothing: your password stays as it is.',
    ].join('\n\n'),
  }
}

export function passwordChangedMail(to: string, pages: string): Mail {
  return {
    to,
    subject: 'Your password was changed',
    text: [
      'The password of your account was changed, and every session was ended.',
      `If it was not you, set a new one at once: ${pages}/reset-password`,
    ].join('\n\n'),
  }
}
