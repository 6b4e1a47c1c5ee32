export type {
  Context,
  Log,
  Principal,
  RowsOf,
  Scope,
  Statement,
  Trace,
  Transaction,
} from './context.ts'
export {
  type EventContract,
  type EventData,
  event,
  type LogName,
  logNames,
  type Upcaster,
  upcaster,
  versionsOf,
} from './event.ts'
export { examples } from './examples.ts'
export { type JobKind, type JobRequested, jobKind, jobRequested } from './job.ts'
export {
  type Auth,
  type CallInput,
  type Contract,
  contract,
  type EventSink,
  type Input,
  type Method,
  type NamedOperation,
  type Operation,
  type OperationShape,
  type Output,
  operation,
  type RateClass,
  type Reply,
  success,
} from './operation.ts'
export type { PageCall, PageRequest } from './page-request.ts'
export {
  common,
  type ExpectationCode,
  type ProblemDefinition,
  type ProblemDetails,
  type ProblemKind,
  problem,
  problemDetails,
  problemStatus,
} from './problem.ts'
export {
  currency,
  email,
  id,
  languageTag,
  locale,
  longestPage,
  type Money,
  money,
  nothing,
  page,
  pageQuery,
  personal,
  platformTenantId,
  standardTax,
  taxClass,
  text,
  timestamp,
} from './shapes.ts'
export {
  doors,
  type ReturnClient,
  returnClient,
  signInClient,
  type WebClient,
  webClients,
} from './web-clients.ts'
