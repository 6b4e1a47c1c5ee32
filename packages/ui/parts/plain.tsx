// What is nothing but a class of house.css.
import { long, word } from './words.ts'

export const plainSpecimens = {
  Headings: {
    states: {
      first: <h3 className="parts-h1">{'Orders'}</h3>,
      second: <h3>{'Newest orders'}</h3>,
      'long text': <h3>{long}</h3>,
      'long word': <h3>{word}</h3>,
    },
  },
  Text: {
    states: {
      plain: <p>{long}</p>,
      quiet: <p className="quiet">{long}</p>,
      code: (
        <p>
          <code>4bf92f3577b34da6</code> <span className="mono">4bf92f3577b34da6</span>
        </p>
      ),
      link: <a href="#link">{'Order A-17'}</a>,
      stack: (
        <div className="stack">
          <p>{'One'}</p>
          <p>{'Another'}</p>
        </div>
      ),
    },
  },
  Button: {
    states: {
      plain: (
        <button type="button" className="button">
          {'Save'}
        </button>
      ),
      second: (
        <button type="button" className="button second">
          {'Take it away'}
        </button>
      ),
      wide: (
        <button type="button" className="button wide">
          {'Order and pay'}
        </button>
      ),
      sending: (
        <button type="button" className="button" aria-disabled>
          {'Save'}
        </button>
      ),
      link: (
        <button type="button" className="link">
          {'Change'}
        </button>
      ),
      'as a link': (
        <a href="#button" className="button second">
          {'Earlier ones'}
        </a>
      ),
      'long text': (
        <button type="button" className="button">
          {long}
        </button>
      ),
    },
  },
  Notice: {
    states: {
      plain: <p className="notice">{'It was sent.'}</p>,
      bad: <p className="notice bad">{'It was refused.'}</p>,
      'long text': <p className="notice">{`${long} ${word}`}</p>,
    },
  },
  State: {
    states: {
      neutral: <span className="state">{'draft'}</span>,
      ok: <span className="state ok">{'live'}</span>,
      warn: <span className="state warn">{'connecting'}</span>,
      bad: <span className="state bad">{'cancelled'}</span>,
      'long text': <span className="state ok">{long}</span>,
    },
  },
  Skip: {
    states: {
      'seen with the keyboard': (
        <a className="skip" href="#page">
          {'To the content'}
        </a>
      ),
    },
  },
}
