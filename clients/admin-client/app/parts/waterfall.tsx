import { type KeyboardEvent, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Duration } from './duration.tsx'
import { LineLevel, lineFields } from './log-line.tsx'
import { Scroll } from './scroll.tsx'
import { jsonText } from './source.tsx'
import { openRows, type Row, rowsOf, type Span, type Trace } from './waterfall-rows.ts'

const ticks = [0, 0.25, 0.5, 0.75, 1]
const percent = (share: number) => `${(100 * share).toFixed(3)}%`

/**
 * Every span on the time of its trace. `j` and `k` walk through them, the arrows to the left and right
 * close and open what is below one, Enter shows what is known of it.
 */
export function Waterfall({ trace }: { readonly trace: Trace }) {
  const t = useTranslations('waterfall')
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const close = (spanId: string, isClosed: boolean) =>
    setClosed((before) => {
      const after = new Set(before)
      if (isClosed) after.add(spanId)
      else after.delete(spanId)
      return after
    })
  const wholeUs = Math.max(1, trace.durationUs)
  return (
    <Scroll name={t('title')}>
      <table className="waterfall">
        <thead>
          <tr>
            <th scope="col">{t('work')}</th>
            <th scope="col">{t('service')}</th>
            <th scope="col" className="number">
              {t('duration')}
            </th>
            <th scope="col" className="axis">
              <span className="unseen">{t('axis')}</span>
              {ticks.map((share) => (
                <span
                  key={share}
                  className="tick-mark"
                  style={{ insetInlineStart: percent(share) }}
                >
                  <Duration us={Math.round(share * wholeUs)} />
                </span>
              ))}
            </th>
          </tr>
        </thead>
        <tbody>
          {openRows(rowsOf(trace), closed).map((row, index) =>
            row.kind === 'span' ? (
              <SpanRow
                key={row.span.spanId}
                row={row}
                wholeUs={wholeUs}
                isClosed={closed.has(row.span.spanId)}
                close={close}
              />
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own
              <LineRow key={`line ${index}`} row={row} wholeUs={wholeUs} />
            ),
          )}
        </tbody>
      </table>
    </Scroll>
  )
}

const indent = (depth: number) => ({ paddingInlineStart: `${2.25 + Math.min(depth, 24) * 0.9}rem` })

function SpanRow({
  row: { span, hasChildren },
  wholeUs,
  isClosed,
  close,
}: {
  readonly row: Row & { readonly kind: 'span' }
  readonly wholeUs: number
  readonly isClosed: boolean
  readonly close: (spanId: string, isClosed: boolean) => void
}) {
  const t = useTranslations('waterfall')
  const [parameters] = useSearchParams()
  const isShown = parameters.get('span') === span.spanId
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft' && hasChildren) close(span.spanId, true)
    if (event.key === 'ArrowRight' && hasChildren) close(span.spanId, false)
  }
  return (
    <>
      <tr>
        <td style={indent(span.depth)}>
          <button
            type="button"
            className="fold"
            aria-expanded={hasChildren ? !isClosed : undefined}
            aria-label={t('fold', { operation: span.operation })}
            hidden={!hasChildren}
            onClick={() => close(span.spanId, !isClosed)}
          />
          <Link
            to={isShown ? '?' : `?span=${span.spanId}`}
            replace
            preventScrollReset
            className="mono"
            aria-current={isShown || undefined}
            onKeyDown={press}
          >
            {span.operation}
          </Link>
        </td>
        <td className="quiet">{span.service}</td>
        <td className="number">
          <Duration us={span.durationUs} />
        </td>
        <td className="axis">
          <span
            className={`bar ${span.status}`}
            style={{
              insetInlineStart: `min(${percent(span.offsetUs / wholeUs)}, 100% - 2px)`,
              inlineSize: percent(span.durationUs / wholeUs),
            }}
          />
        </td>
      </tr>
      {isShown && <Inspected span={span} />}
    </>
  )
}

function Inspected({ span }: { readonly span: Span }) {
  const t = useTranslations('waterfall')
  const states = useTranslations('spanStates')
  const kinds = useTranslations('spanKinds')
  return (
    <tr className="inspected">
      <td colSpan={4}>
        <dl className="facts">
          <dt>{t('status')}</dt>
          <dd>{states(span.status)}</dd>
          <dt>{t('kind')}</dt>
          <dd>{kinds(span.kind)}</dd>
          <dt>{t('begins')}</dt>
          <dd>
            <Duration us={span.offsetUs} />
          </dd>
          {Object.entries(span.attributes).map(([name, value]) => (
            <div key={name} className="pair">
              <dt className="mono">{name}</dt>
              <dd className="mono">{typeof value === 'string' ? value : jsonText(value)}</dd>
            </div>
          ))}
        </dl>
      </td>
    </tr>
  )
}

function LineRow({
  row: { line, depth, offsetUs },
  wholeUs,
}: {
  readonly row: Row & { readonly kind: 'line' }
  readonly wholeUs: number
}) {
  return (
    <tr className="written">
      <td colSpan={3} style={indent(depth)}>
        <LineLevel level={line.level} /> {line.sentence}{' '}
        <span className="quiet mono">{lineFields(line.fields)}</span>
      </td>
      <td className="axis">
        <span
          className="mark"
          style={{ insetInlineStart: percent(Math.min(1, offsetUs / wholeUs)) }}
        />
      </td>
    </tr>
  )
}
