// The one place that reads the environment of this process.

/** The environment as it was when the process started. */
export const environment: Readonly<NodeJS.ProcessEnv> = Object.freeze({
  // biome-ignore lint/style/noProcessEnv: everything else reads this snapshot
  ...process.env,
})

/** True where a `CI` variable says so, as every hosted runner sets it. */
export const isContinuousIntegration = !['', '0', 'false'].includes(environment.CI ?? '')
