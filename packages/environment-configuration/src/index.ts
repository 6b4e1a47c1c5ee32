// Declared configuration: every key has a schema, an owner and an origin that can be told.
export { type ConfigurationError, ConfigurationErrors, redacted } from './configuration-error.ts'
export {
  type ConfigurationRow,
  type Declaration,
  declareConfiguration,
  describeConfiguration,
  reloadable,
  secret,
} from './declaration.ts'
export { environment, isContinuousIntegration } from './environment.ts'
export { camelCase, environmentKey, platformOwner, screamingSnake } from './key-name.ts'
export { type KeyState, keyStates } from './key-state.ts'
export { onParentGone } from './parent.ts'
export {
  type Entry,
  type Reading,
  type ReadingOfAll,
  readAll,
  readConfiguration,
  type Values,
} from './reading.ts'
export { loadSources, type RawValue, type SourceOptions, type Sources } from './sources.ts'
export type { UnknownKey } from './unknown-key.ts'
export {
  type ConfigurationWatch,
  type Reload,
  type WatchOptions,
  watchConfiguration,
} from './watching.ts'
