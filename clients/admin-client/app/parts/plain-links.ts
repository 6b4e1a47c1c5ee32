import { type MouseEvent, useCallback } from 'react'
import { useNavigate } from 'react-router'

/**
 * For lists of very many rows: links in them are elements and nothing more, and whoever holds them all
 * takes their clicks to the router. What a browser does with a link otherwise is left to it.
 */
export function usePlainLinks(): (event: MouseEvent<HTMLElement>) => void {
  const navigate = useNavigate()
  return useCallback(
    (event) => {
      const { target, button, metaKey, ctrlKey, shiftKey, altKey } = event
      const link = target instanceof Element ? target.closest('a') : null
      if (!link || button !== 0 || metaKey || ctrlKey || shiftKey || altKey) return
      event.preventDefault()
      void navigate(`${link.pathname}${link.search}`)
    },
    [navigate],
  )
}
