import type { Context, Input, Statement, Transaction } from '@prognetwork/contracts'
import {
  attributeInUse,
  attributeKeyTaken,
  attributeMissing,
  attributeOutdated,
  attributeUnfit,
  type productContract,
  productUnfit,
} from '@prognetwork/contracts/product'
import {
  type Audit,
  type Database,
  type Handlers,
  type InputError,
  newId,
  onConstraint,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { lockNumber } from '../settings/numbers.store.ts'
import { inOrder, repeatedLanguages } from '../translations/given.ts'
import { expectedValue, readValue } from './attribute-values.ts'
import {
  type Attribute,
  countAttributes,
  deleteAttribute,
  dropValues,
  findValueBeside,
  holdAttributes,
  insertAttribute,
  listEveryAttribute,
  lockAttribute,
  maxAttributes,
  maxFilterable,
  updateAttribute,
} from './attributes.store.ts'

type AttributeHandlers = Handlers<typeof productContract>
type NewAttribute = Input<typeof productContract.operations.createAttribute>['body']

/** What products can be described by. Nothing that products have of it is lost unless it is said. */
export function createAttributes({ db, audit }: { readonly db: Database; readonly audit: Audit }) {
  const list: AttributeHandlers['listAttributes'] = async (ctx) => ({
    items: await db.read(ctx, listEveryAttribute()),
  })

  const tell = (ctx: Context, action: string, id: string) =>
    audit(ctx, { action, outcome: 'success', resource: `attribute/${id}` })

  const make = (
    ctx: Context,
    body: NewAttribute,
    also: (made: Attribute) => Statement[] = () => [],
  ) => {
    refuseContradictions('/body', body)
    refuseStrange('/body', body, body.choices)
    const translations = inOrder(body.translations)
    const made: Attribute = { ...body, translations, id: newId(), version: 1 }
    const taken = () => new Problem(attributeKeyTaken, `Choose another key than ${body.key}`)
    return onConstraint({ attribute_key: taken }, () =>
      db.transaction(ctx, async (tx) => {
        await tx.run(lockNumber('attribute'))
        await refuseNumber(tx, { added: 1, filterable: made.isFilterable })
        await tx.batch([
          insertAttribute(made, ctx.now),
          tell(ctx, 'attribute.created', made.id),
          ...also(made),
        ])
        return made
      }),
    )
  }

  const create: AttributeHandlers['createAttribute'] = (ctx, { body }) =>
    make(ctx, body, (made) => [ctx.answer(made)])

  const change: AttributeHandlers['changeAttribute'] = (ctx, { params, body }) =>
    db.transaction(ctx, async (tx) => {
      await tx.run(lockNumber('attribute'))
      const [before] = await tx.run(lockAttribute(params.attributeId))
      const { id, version, ...kept } = before ?? missing()
      if (version !== body.version)
        throw new Problem(attributeOutdated, `It is at version ${version}; read it again`)
      const { label = kept.label, choices = kept.choices } = body.changes
      const { unit = kept.unit, isFilterable = kept.isFilterable } = body.changes
      refuseStrange('/body/changes', body.changes, choices)
      const translations = withChoices(
        inOrder(body.changes.translations ?? kept.translations),
        choices,
      )
      const after = {
        ...kept,
        ...{ id, version: version + 1, label, choices, unit, isFilterable, translations },
      }
      refuseContradictions('/body/changes', after)
      if (!kept.isFilterable) await refuseNumber(tx, { added: 0, filterable: isFilterable })
      if (kept.type === 'choice') await refuseLoss(tx, id, choices)
      await tx.batch([updateAttribute(after, ctx.now), tell(ctx, 'attribute.changed', id)])
      return after
    })

  const remove: AttributeHandlers['removeAttribute'] = (ctx, { params, query }) =>
    db.transaction(ctx, async (tx) => {
      const [before] = await tx.run(lockAttribute(params.attributeId))
      const { id } = before ?? missing()
      if (query.dropValues) await tx.run(dropValues(id))
      else await refuseLoss(tx, id, [])
      await tx.batch([deleteAttribute(id), tell(ctx, 'attribute.removed', id)])
    })

  return { list, make, create, change, remove }
}

/** What a product is given, by key; `pointer` is where the list of it stands in the body. */
export async function valuesGiven(
  tx: Transaction,
  pointer: string,
  given: readonly { readonly key: string; readonly value: string }[],
): Promise<Record<string, string>> {
  if (given.length === 0) return {}
  const known = new Map(
    (await tx.run(holdAttributes(given.map((one) => one.key)))).map((one) => [one.key, one]),
  )
  const values = new Map<string, string>()
  const errors: InputError[] = []
  for (const [at, { key, value: text }] of given.entries()) {
    const attribute = known.get(key)
    const value = attribute && readValue(attribute, text)
    if (!attribute || values.has(key)) {
      const detail = attribute ? `It repeats ${key}` : `There is no attribute ${key}`
      errors.push({ pointer: `${pointer}/${at}/key`, expected: 'an attribute, once', detail })
    } else if (value === undefined) {
      const [expected, detail] = [expectedValue(attribute), `It is ${text.slice(0, 60)}`]
      errors.push({ pointer: `${pointer}/${at}/value`, expected, detail })
    } else values.set(key, value)
  }
  if (errors.length > 0)
    throw new Problem(productUnfit, errors[0]?.detail ?? '', { errors: errors.slice(0, 20) })
  return Object.fromEntries(values)
}

function missing(): never {
  throw new Problem(attributeMissing, 'No attribute has this id')
}

async function refuseLoss(tx: Transaction, id: string, kept: readonly string[]): Promise<void> {
  const [lost] = await tx.run(findValueBeside(id, kept))
  if (lost)
    throw new Problem(
      attributeInUse,
      `${lost.products} of the products have ${JSON.stringify(lost.value.slice(0, 100))}`,
    )
}

async function refuseNumber(
  tx: Transaction,
  { added, filterable }: { readonly added: number; readonly filterable: boolean },
): Promise<void> {
  const [counted] = await tx.run(countAttributes())
  if ((counted?.count ?? 0) + added > maxAttributes)
    throw unfit('/body', `at most ${maxAttributes} attributes`, 'There are that many')
  if (filterable && (counted?.filterable ?? 0) >= maxFilterable)
    throw unfit('/body', `at most ${maxFilterable} to filter by`, 'There are that many')
}

function refuseContradictions(
  pointer: string,
  { type, choices, unit }: Pick<Attribute, 'type' | 'choices' | 'unit'>,
): void {
  if ((type === 'choice') !== choices.length > 0)
    throw unfit(
      `${pointer}/choices`,
      type === 'choice' ? 'at least one choice' : 'no choices',
      `There are ${choices.length}`,
    )
  if (new Set(choices).size < choices.length)
    throw unfit(`${pointer}/choices`, 'each choice once', 'One is there twice')
  if (unit !== null && type !== 'number')
    throw unfit(`${pointer}/unit`, 'a unit of numbers alone', `It is the unit of a ${type}`)
}

type Translations = Attribute['translations']

/** A choice that is taken away takes what it was called in other languages with it. */
function withChoices(translations: Translations, choices: readonly string[]): Translations {
  return translations.map((one) => ({
    ...one,
    choices: one.choices.filter(({ choice }) => choices.includes(choice)),
  }))
}

function refuseStrange(
  pointer: string,
  { translations = [] }: { readonly translations?: Translations | undefined },
  choices: readonly string[],
): void {
  const errors = translations.flatMap((one, at) =>
    one.choices.flatMap(({ choice }, index) =>
      choices.includes(choice)
        ? []
        : [
            {
              pointer: `${pointer}/translations/${at}/choices/${index}/choice`,
              expected: 'one of the choices',
              detail: `It is ${choice.slice(0, 100)}`,
            },
          ],
    ),
  )
  errors.push(...repeatedLanguages(`${pointer}/translations`, translations))
  if (errors.length > 0)
    throw new Problem(attributeUnfit, errors[0]?.detail ?? '', { errors: errors.slice(0, 20) })
}

function unfit(pointer: string, expected: string, detail: string): Problem {
  return new Problem(attributeUnfit, detail, { errors: [{ pointer, expected, detail }] })
}
