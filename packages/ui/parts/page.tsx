import { type ReactNode, useEffect } from 'react'
import { type Choice, clients, locales, themes } from './choice.ts'
import { specimens } from './specimens.tsx'

export function Page({ choice }: { readonly choice: Choice }) {
  const { only } = choice
  useEffect(() => {
    if (only !== null) return
    // A part that takes the focus when it appears is one of many here.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    scrollTo(0, 0)
  }, [only])
  if (only === null) return <Catalogue choice={choice} />
  const [part = '', state = ''] = only.split('/')
  const element = specimens[part]?.states[state]
  if (element === undefined) return <p>{`There is no ${only}.`}</p>
  return specimens[part]?.isWholePage ? element : <main className="parts-alone">{element}</main>
}

function Catalogue({ choice }: { readonly choice: Choice }) {
  const address = (of: string) =>
    `?${new URLSearchParams({ client: choice.client, locale: choice.locale, theme: choice.theme, only: of })}`
  return (
    <>
      <header className="parts-head">
        <h1>Parts</h1>
        <form className="parts-choice">
          <Choose name="client" values={clients} chosen={choice.client} />
          <Choose name="locale" values={locales} chosen={choice.locale} />
          <Choose name="theme" values={themes} chosen={choice.theme} />
          <button type="submit">Show</button>
        </form>
      </header>
      <main className="parts-catalogue">
        {Object.entries(specimens).map(([part, { states, isWholePage }]) => (
          <section key={part} data-part={part} className="parts-part">
            <h2>{part}</h2>
            <div className="parts-states">
              {Object.entries(states).map(([state, element]) => (
                <State key={state} name={state} address={address(`${part}/${state}`)}>
                  {isWholePage ? (
                    <iframe title={`${part}, ${state}`} src={address(`${part}/${state}`)} />
                  ) : (
                    element
                  )}
                </State>
              ))}
            </div>
          </section>
        ))}
      </main>
    </>
  )
}

function State({
  name,
  address,
  children,
}: {
  readonly name: string
  readonly address: string
  readonly children: ReactNode
}) {
  return (
    <div className="parts-state" data-state={name}>
      <p className="parts-name">
        <a href={address}>{name}</a>
      </p>
      {/* In the console fields and buttons are closer together. */}
      <div className="parts-shown console">{children}</div>
    </div>
  )
}

function Choose(props: {
  readonly name: string
  readonly values: readonly string[]
  readonly chosen: string
}) {
  const { name, values, chosen } = props
  return (
    <select
      name={name}
      defaultValue={chosen}
      aria-label={name}
      onChange={({ target }) => target.form?.requestSubmit()}
    >
      {values.map((value) => (
        <option key={value}>{value}</option>
      ))}
    </select>
  )
}
