import type { PageRequest } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { minorUnits } from './minor-units.ts'

const { approveReturn, receiveReturn, refundReturn, refuseReturn } = orderContract.operations

/** What a form of a return asks for. */
export async function changeReturn(page: PageRequest, form: FormData): Promise<void> {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const params = { returnId: text('return') }
  switch (form.get('step')) {
    case 'approve':
      await page.call(approveReturn, { params })
      break
    case 'refuse':
      await page.call(refuseReturn, { params, body: { reason: text('reason') } })
      break
    case 'receive': {
      const restocked = form.getAll('restock').map(String)
      const lines = form
        .getAll('variant')
        .map(String)
        .map((variantId) => ({
          variantId,
          ...quantityIn(text(`quantity-${variantId}`)),
          restock: restocked.includes(variantId),
        }))
      await page.call(receiveReturn, { params, body: { lines } })
      break
    }
    case 'refund': {
      const kept = text('deduction')
      const deductionMinor = kept === '' ? 0 : minorUnits(kept, text('currency'))
      await page.call(refundReturn, { params, body: { deductionMinor } })
      break
    }
  }
}

/** How many have come; all of them where nothing is said. */
function quantityIn(text: string): { quantity?: number } {
  return text === '' ? {} : { quantity: Number(text) }
}
