import type { ProblemDetails } from '@prognetwork/contracts'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'

/** What an endpoint is made of, as it stands in its fields. */
export interface EndpointFields {
  readonly url: string
  readonly eventTypes: string
  readonly description: string
}

export function endpointIn(form: FormData): EndpointFields {
  const text = (name: string) => String(form.get(name) ?? '')
  return { url: text('url'), eventTypes: text('eventTypes'), description: text('description') }
}

/** As the operations take it: types stand between commas or spaces. */
export function endpointBody({ eventTypes, ...rest }: EndpointFields) {
  return { ...rest, eventTypes: eventTypes.split(/[\s,]+/).filter((one) => one !== '') }
}

/** The address, the types and the name of an endpoint, to be made or changed. */
export function EndpointForm({
  given,
  problem,
  submit,
}: {
  readonly given: EndpointFields
  readonly problem: ProblemDetails | undefined
  readonly submit: string
}) {
  const t = useTranslations('endpointForm')
  const wrongAt = (name: 'url' | 'eventTypes' | 'description') => {
    const isTold = problem?.errors?.some(({ pointer }) => pointer.startsWith(`/body/${name}`))
    const isUrl = name === 'url' && problem?.code === 'event_streaming.webhook_url_unfit'
    return isTold || isUrl ? t(`wrong.${name}`) : undefined
  }
  return (
    <Form method="post" className="stack">
      <FormProblem problem={problem} />
      <TextField
        label={t('url')}
        hint={t('urlHint')}
        name="url"
        inputMode="url"
        required
        maxLength={2_000}
        defaultValue={given.url}
        wrong={wrongAt('url')}
      />
      <TextField
        label={t('eventTypes')}
        hint={t('eventTypesHint')}
        name="eventTypes"
        required
        maxLength={5_000}
        defaultValue={given.eventTypes}
        wrong={wrongAt('eventTypes')}
      />
      <TextField
        label={t('description')}
        name="description"
        maxLength={200}
        defaultValue={given.description}
        wrong={wrongAt('description')}
      />
      <Submit name="do" value="save">
        {submit}
      </Submit>
    </Form>
  )
}
