/**
 * What the system's roles may do, as permission patterns: `service:resource:action`, where `*`
 * stands for any one part. Custom roles of a tenant hold patterns too.
 */
export const systemRoles: Readonly<Record<string, readonly string[]>> = {
  /** Runs the platform: everything, in the platform's own tenant. */
  operator: ['*:*:*'],
}
