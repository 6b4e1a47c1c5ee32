import type { ProblemDetails } from '@prognetwork/contracts'

export const long =
  'What the reader is told here is longer than anybody who drew this part would have thought of'
/** Without a place to break it. */
export const word = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenfabrikverkaufsstelle'

export function problem(status: number, code: string): ProblemDetails {
  return {
    ...{ type: `/problems/${code}`, title: 'It was refused', status, code },
    ...{ detail: 'Nobody may do this', traceId: '4bf92f3577b34da6a3ce929d0e0e4736' },
  }
}
