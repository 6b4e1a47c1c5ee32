import type { Output } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { Submit, TextField } from '@prognetwork/ui/fields'
import { Picture } from '@prognetwork/ui/picture'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'
import { PictureUpload } from './picture-upload.tsx'

type Kept = Output<typeof productContract.operations.listPictures>['items'][number]

/** Pictures that are kept here, in the order in which the shop shows them. */
export function Pictures({
  pictures,
  mayChange,
  productId,
  tenant,
}: {
  readonly pictures: readonly Kept[]
  readonly mayChange: boolean
  readonly productId: string
  readonly tenant: string
}) {
  const t = useTranslations('pictures')
  return (
    <section>
      <h2>{t('title')}</h2>
      {pictures.length === 0 && <p className="quiet">{t('none')}</p>}
      <ol className="pictures">
        {pictures.map((picture) => (
          <li key={picture.id} className="card">
            <Picture image={picture} name={t('nameless')} sizes="96px" />
            {mayChange ? <OnePicture picture={picture} /> : <p className="quiet">{picture.alt}</p>}
          </li>
        ))}
      </ol>
      {mayChange && (
        <PictureUpload address={`/t/${tenant}/api/v1/catalogue/products/${productId}/pictures`} />
      )}
    </section>
  )
}

function OnePicture({ picture: { id, alt, position } }: { readonly picture: Kept }) {
  const t = useTranslations('pictures')
  return (
    <div className="stack">
      <Form method="post" className="filters" preventScrollReset key={`${alt} ${position}`}>
        <input type="hidden" name="do" value="picture" />
        <input type="hidden" name="id" value={id} />
        <TextField label={t('alt')} name="alt" maxLength={500} defaultValue={alt ?? undefined} />
        <TextField
          label={t('position')}
          name="position"
          type="number"
          required
          min={1}
          max={250}
          defaultValue={position}
        />
        <Submit className="button second">{t('save')}</Submit>
      </Form>
      <details>
        <summary>{t('remove')}</summary>
        <Form method="post" className="stack" preventScrollReset>
          <p className="quiet">{t('removeHint')}</p>
          <input type="hidden" name="do" value="remove-picture" />
          <input type="hidden" name="id" value={id} />
          <div>
            <Submit className="button second">{t('removeNow')}</Submit>
          </div>
        </Form>
      </details>
    </div>
  )
}
