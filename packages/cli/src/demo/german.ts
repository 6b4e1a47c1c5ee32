// What the shop of the demo says to whoever reads German.
interface Text {
  readonly name: string
  readonly text: string
}

const things: Readonly<Record<string, Text>> = {
  'Reading Lamp': {
    name: 'Leselampe',
    text: 'Eine Lampe für einen Sessel und ein Buch. Der Arm bleibt, wo man ihn lässt.',
  },
  Pendant: {
    name: 'Hängeleuchte',
    text: 'Hängt tief über dem Tisch und behält ihr Licht für sich.',
  },
  Candlestick: {
    name: 'Kerzenständer',
    text: 'Schwer am Fuß, damit ein Luftzug die Flamme nimmt und nicht die Kerze.',
  },
  'Serving Bowl': {
    name: 'Schüssel',
    text: 'Tief genug für Salat für sechs und flach genug, um zu sehen, was übrig ist.',
  },
  Mug: { name: 'Becher', text: 'Fasst, was ein Morgen braucht. In den Henkel passen drei Finger.' },
  Carafe: { name: 'Karaffe', text: 'Gießt, ohne dass ein Tropfen den Hals hinunterläuft.' },
  'Cutting Board': {
    name: 'Schneidebrett',
    text: 'Eine Seite für Brot, die andere für alles Übrige.',
  },
  'Storage Jar': {
    name: 'Vorratsdose',
    text: 'Schließt dicht und geht mit einer Hand auf.',
  },
  Mortar: {
    name: 'Mörser',
    text: 'Innen rau, wo er es sein muss, und glatt, wo er gespült wird.',
  },
  Bench: {
    name: 'Bank',
    text: 'Für den Flur, den Garten oder das Fußende des Bettes. Sie trägt drei, die sich mögen.',
  },
  Stool: { name: 'Hocker', text: 'Drei Beine, weil drei nie wackeln.' },
  'Wall Shelf': {
    name: 'Wandregal',
    text: 'Zwei Schrauben, und kein Winkel ist zu sehen.',
  },
  'Plant Pot': { name: 'Pflanztopf', text: 'Mit einem Untersetzer, der dazugehört.' },
  'Bird Table': {
    name: 'Futterhaus',
    text: 'Außer Reichweite der Katzen, in Sichtweite des Frühstücks.',
  },
}

const materials: Readonly<Record<string, Text>> = {
  Oak: {
    name: 'Eiche',
    text: 'Aus Eiche aus der Grafschaft, zweimal geölt; sie dunkelt mit den Jahren nach.',
  },
  Ash: { name: 'Esche', text: 'Aus heller Esche, geseift statt lackiert.' },
  Stoneware: {
    name: 'Steinzeug',
    text: 'Von Hand gedreht und einmal heiß gebrannt; keine zwei sind gleich gesprenkelt.',
  },
  Brass: {
    name: 'Messing',
    text: 'Gedrücktes Messing ohne Lack; man poliert es oder lässt es braun werden.',
  },
  Slate: {
    name: 'Schiefer',
    text: 'Gespaltener Schiefer, kühl in der Hand, die Kanten, wie sie brachen.',
  },
  Glass: { name: 'Glas', text: 'Geblasen aus Flaschen, die schon ein Leben hinter sich haben.' },
}

const words: Readonly<Record<string, string>> = {
  ...{ Light: 'Licht', Table: 'Tisch', Kitchen: 'Küche', Furniture: 'Möbel', Garden: 'Garten' },
  ...{ Size: 'Größe', Small: 'Klein', Medium: 'Mittel', Large: 'Groß' },
  ...{ 'Half litre': 'Halber Liter', 'One litre': 'Ein Liter' },
  ...{ Material: 'Material', Height: 'Höhe', 'May stand outside': 'Darf draußen stehen' },
  ...{ Care: 'Pflege', 'Oil once a year': 'Einmal im Jahr ölen' },
  ...{ 'Soap and a damp cloth': 'Seife und ein feuchtes Tuch', Dishwasher: 'Spülmaschine' },
  ...{ 'Polish, or leave alone': 'Polieren oder in Ruhe lassen' },
  ...{ 'A brush and water': 'Bürste und Wasser', 'By hand': 'Von Hand' },
  ...{ 'A table for six': 'Ein Tisch für sechs', 'Long evenings': 'Lange Abende' },
  'All of oak': 'Alles aus Eiche',
  ...Object.fromEntries(Object.entries(materials).map(([name, german]) => [name, german.name])),
}

function germanOf(word: string): string {
  const german = words[word]
  if (german === undefined) throw new Error(`the demo has no German for ${word}`)
  return german
}

export const germanName = (name: string) => [{ locale: 'de', name: germanOf(name) }]

/** A label and what can be chosen, as an attribute has them. */
export const germanLabel = (label: string, choices: readonly string[] = []) => [
  {
    ...{ locale: 'de', label: germanOf(label) },
    choices: choices.map((choice) => ({ choice, text: germanOf(choice) })),
  },
]

/** Sizes that are numbers are the same in every language. */
export function germanProduct(thing: string, material: string, terms: readonly string[]) {
  const [what, of] = [things[thing], materials[material]]
  if (!what || !of) throw new Error(`the demo has no German for ${material} ${thing}`)
  return [
    {
      ...{ locale: 'de', title: `${what.name} aus ${of.name}` },
      description: `<p>${what.text}</p><p>${of.text}</p>`,
      terms: terms.filter((term) => term in words).map((term) => ({ term, text: germanOf(term) })),
    },
  ]
}
