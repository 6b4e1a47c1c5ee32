import type { ReactNode } from 'react'
import { Amount } from '../src/amount.tsx'
import { ConnectionLine, ConnectionNotice } from '../src/connection-notice.tsx'
import {
  AreaField,
  FormProblem,
  SelectField,
  Submit,
  TextField,
  WrongText,
} from '../src/fields.tsx'
import { Moment } from '../src/moment.tsx'
import { Picture } from '../src/picture.tsx'
import { plainSpecimens } from './plain.tsx'
import { Broken, never, Routed, Sending } from './routed.tsx'
import { long, problem, word } from './words.ts'

export interface Specimen {
  /** By what it is in: `empty`, `long text`, `refused`. */
  readonly states: Readonly<Record<string, ReactNode>>
  /** It stands in place of a whole page, so each state is shown as one. */
  readonly isWholePage?: boolean
}

const money = (amountMinor: number, currency = 'EUR') => <Amount of={{ amountMinor, currency }} />
const unnamed = problem(422, 'parts.unnamed')
const refusal = { pointer: '/body/city', expected: 'a city', detail: 'It is no city' }
const tooShort = { expected: 'at least 12 characters', code: 'min_length', limit: 12 } as const

/** A picture that needs nobody: a file of one colour. */
const drawing = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3" fill="#667"/></svg>',
)}`

export const specimens: Readonly<Record<string, Specimen>> = {
  ...plainSpecimens,
  Amount: {
    states: {
      plain: money(4_900),
      nothing: money(0),
      negative: money(-4_900),
      'no minor unit': money(4_900, 'JPY'),
      'three digits': money(4_900, 'KWD'),
      largest: money(Number.MAX_SAFE_INTEGER),
    },
  },
  Moment: {
    states: {
      plain: <Moment at="2026-03-01T09:05:00.000Z" />,
      'end of a year': <Moment at="2026-12-31T23:59:59.999Z" />,
    },
  },
  Picture: {
    states: {
      plain: <Picture image={pictured('A grey stool')} name="Oak Stool" sizes="18rem" isFirst />,
      'no text': <Picture image={pictured(null)} name="Oak Stool" sizes="18rem" />,
      missing: <Picture image={null} name="Oak Stool" sizes="18rem" />,
    },
  },
  TextField: {
    states: {
      empty: <TextField label="City" name="a" />,
      filled: <TextField label="City" name="b" defaultValue="London" />,
      hint: <TextField label="City" hint="As the post has it" name="c" />,
      refused: <TextField label="City" name="d" defaultValue="Lo" wrong={tooShort} />,
      'refused, with a hint': (
        <TextField label="City" hint="As it is" name="e" wrong="is unknown" />
      ),
      'no right': <TextField label="City" name="f" defaultValue="London" readOnly />,
      disabled: <TextField label="City" name="g" defaultValue="London" disabled />,
      'long text': <TextField label={long} hint={long} name="h" defaultValue={long} wrong={long} />,
      'long word': <TextField label={word} hint={word} name="i" defaultValue={word} wrong={word} />,
    },
  },
  SelectField: {
    states: {
      plain: <SelectField label="Size">{choices('Low', 'High')}</SelectField>,
      hint: (
        <SelectField label="Size" hint="How high it stands">
          {choices('Low', 'High')}
        </SelectField>
      ),
      refused: (
        <SelectField label="Size" wrong={{ expected: 'one of Low, High', code: 'choice' }}>
          {choices('Low', 'High')}
        </SelectField>
      ),
      empty: <SelectField label="Size" />,
      disabled: (
        <SelectField label="Size" disabled>
          {choices('Low')}
        </SelectField>
      ),
      'long text': <SelectField label={long}>{choices(long, word)}</SelectField>,
    },
  },
  AreaField: {
    states: {
      empty: <AreaField label="Reason" rows={3} name="a" />,
      filled: <AreaField label="Reason" rows={3} name="b" defaultValue="It came broken" />,
      hint: <AreaField label="Reason" rows={3} hint="The shop reads it" name="c" />,
      refused: <AreaField label="Reason" rows={3} name="d" wrong={tooShort} />,
      'no right': <AreaField label="Reason" rows={3} name="e" defaultValue="Broken" readOnly />,
      'long text': <AreaField label={long} rows={3} defaultValue={word} wrong={word} />,
    },
  },
  WrongText: {
    states: {
      'in words': <Wrong of="must not begin with a space" />,
      'by a code': <Wrong of={tooShort} />,
      'without a word': <Wrong of={{ expected: 'a colour such as #0a7' }} />,
    },
  },
  FormProblem: {
    states: {
      none: <FormProblem problem={undefined} />,
      'known to the client': <FormProblem problem={problem(503, 'service.unavailable')} />,
      'said by the fields': <FormProblem problem={{ ...unnamed, errors: [refusal] }} />,
      'said by the server': <FormProblem problem={unnamed} />,
      'long text': <FormProblem problem={{ ...unnamed, title: long, detail: word }} />,
    },
  },
  Submit: {
    states: {
      plain: <Routed element={<Submit>Save</Submit>} />,
      sending: <Routed element={<Sending />} action={never} />,
      second: <Routed element={<Submit className="button second">Take it away</Submit>} />,
      link: <Routed element={<Submit className="link">Change</Submit>} />,
      'long text': <Routed element={<Submit>{long}</Submit>} />,
    },
  },
  ConnectionNotice: {
    states: { open: <Routed element={<ConnectionNotice />} /> },
  },
  ConnectionLine: {
    states: {
      offline: <ConnectionLine connection={{ is: 'offline', form: 'sent' }} />,
      lost: <ConnectionLine connection={{ is: 'lost', form: 'sent' }} />,
      'offline, with a form': <ConnectionLine connection={{ is: 'offline', form: 'kept' }} />,
      'back, with a form': <ConnectionLine connection={{ is: 'open', form: 'kept' }} />,
      'a form without an answer': (
        <ConnectionLine connection={{ is: 'lost', form: 'unanswered' }} />
      ),
    },
  },
  ProblemPage: {
    isWholePage: true,
    states: {
      missing: <Broken status={404} />,
      'no right': <Broken problem={problem(403, 'auth.permission_missing')} />,
      away: <Broken problem={problem(503, 'service.unavailable')} />,
      offline: <Broken thrown={new TypeError('Failed to fetch')} />,
      bug: <Broken problem={problem(500, 'internal.bug')} />,
      'long text': <Broken problem={{ ...unnamed, title: long, detail: word }} />,
    },
  },
}

function pictured(alt: string | null) {
  return { alt, sizes: [{ width: 480, url: drawing }] }
}

function choices(...names: readonly string[]): ReactNode {
  return names.map((name) => <option key={name}>{name}</option>)
}

function Wrong({ of }: { readonly of: Parameters<typeof WrongText>[0]['of'] }) {
  return (
    <p className="wrong">
      <WrongText of={of} />
    </p>
  )
}
