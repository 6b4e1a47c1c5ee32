import type { Log } from '@prognetwork/contracts'
import {
  type ConfigurationWatch,
  environment,
  watchConfiguration,
} from '@prognetwork/environment-configuration'
import type { AnyDefinition, RunningPlatform } from '@prognetwork/shared-infrastructure/host'
import type { LogLevel, LogThreshold } from '@prognetwork/shared-infrastructure/telemetry'
import { type Configuration, declarations } from './configuration.ts'

/**
 * While the platform runs, gives it the new values of reloadable keys when a file of the
 * configuration changes or SIGHUP comes. One bad value anywhere, and all keep what they have.
 */
export function followConfiguration(options: {
  readonly definitions: readonly AnyDefinition[]
  readonly directory: string
  readonly configuration: Configuration
  readonly platform: RunningPlatform
  readonly threshold: LogThreshold
  readonly log: Log
}): ConfigurationWatch {
  const { log, platform, threshold } = options
  const watch = watchConfiguration({
    directory: options.directory,
    env: environment,
    sources: options.configuration.sources,
    declarations: declarations(options.definitions),
    onChange(owner, changed) {
      if (owner !== 'platform') platform.reconfigure(owner, watch.current().get(owner) ?? {})
      else if ('logLevel' in changed) threshold.set(changed.logLevel as LogLevel)
    },
    onReload({ errors, changed, needRestart }) {
      const wrong = errors.map(({ key, origin, expected }) => `${key} (${origin}): ${expected}`)
      if (wrong.length > 0)
        log.warn({ wrong, needRestart }, 'The configuration was read again, and nothing was taken')
      else log.info({ changed, needRestart }, 'The configuration was read again')
    },
  })
  return watch
}
