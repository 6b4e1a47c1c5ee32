export {
  createRequestHandler,
  default,
  handleError,
  pageRequest,
  RouterContextProvider,
} from '@prognetwork/ui/entry-server'
