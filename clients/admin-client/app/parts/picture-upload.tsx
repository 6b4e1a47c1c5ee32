import { FormProblem } from '@prognetwork/ui/fields'
import { findProblem } from '@prognetwork/ui/problem'
import { type ChangeEvent, useState } from 'react'
import { useRevalidator } from 'react-router'
import { useTranslations } from 'use-intl'

/**
 * Sends pictures as they are chosen, one after the other. A file is no form that the console's pages
 * take, so this needs script.
 */
export function PictureUpload({ address }: { readonly address: string }) {
  const t = useTranslations('pictureUpload')
  const { revalidate } = useRevalidator()
  const [left, setLeft] = useState(0)
  const [problem, setProblem] = useState<ReturnType<typeof findProblem>>()
  const send = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const files = [...(target.files ?? [])]
    target.value = ''
    setProblem(undefined)
    for (const [index, file] of files.entries()) {
      setLeft(files.length - index)
      const reply = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': file.type },
        body: file,
      })
      if (!reply.ok) setProblem(findProblem({ problem: await reply.json() }))
    }
    setLeft(0)
    await revalidate()
  }
  return (
    <div className="stack">
      <FormProblem problem={problem} />
      <p className="field">
        <label htmlFor="picture-files">{t('title')}</label>
        <input
          id="picture-files"
          type="file"
          accept="image/jpeg,image/png,image/webp,image/gif,image/avif"
          multiple
          disabled={left > 0}
          onChange={(event) => void send(event)}
        />
      </p>
      <p className="hint" role="status">
        {left > 0 ? t('left', { left }) : t('hint')}
      </p>
      <noscript>
        <p className="hint">{t('script')}</p>
      </noscript>
    </div>
  )
}
