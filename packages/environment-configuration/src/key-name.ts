/** The owner of the keys that belong to the whole platform and carry no prefix. */
export const platformOwner = 'platform'

/** `databaseUrl` becomes `DATABASE_URL`. Every capital starts a word, so the way back is exact. */
export function screamingSnake(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase()
}

/** `DATABASE_URL` becomes `databaseUrl`. */
export function camelCase(key: string): string {
  return key.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** `order-service` becomes `ORDER_SERVICE_`; the platform's prefix is empty. */
export function prefixOf(owner: string): string {
  return owner === platformOwner ? '' : `${owner.replaceAll('-', '_').toUpperCase()}_`
}

/** The environment variable for the key `name` of `owner`. */
export function environmentKey(owner: string, name: string): string {
  return prefixOf(owner) + screamingSnake(name)
}
