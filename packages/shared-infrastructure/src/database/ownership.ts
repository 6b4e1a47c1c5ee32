/** The schema of a service, which is also the name of the role it runs as. */
export function schemaOf(service: string): string {
  return service.replaceAll('-', '_')
}

/** The service that owns the log of all events. */
export const logOwner = 'event-streaming-service'

/** The one role that moves events out of every outbox. */
export const eventWriterRole = 'event_writer'

/** What every service's role belongs to: it may call the functions that read the log. */
export const eventConsumerRole = 'event_consumer'

/** The database roles of one service. None is superuser, none bypasses row-level security. */
export function rolesOf(service: string) {
  const schema = schemaOf(service)
  return {
    /** Owns the tables; nobody can log in as it. */
    owner: `${schema}_owner`,
    /** The running service: rows of the tenant in scope, no DDL, no other schema. */
    service: schema,
    /** Owns the definer functions that look up a row before a tenant is known. */
    lookup: `${schema}_lookup`,
    /** Cross-tenant work through the platform door; its own login. */
    platform: `${schema}_platform`,
  }
}
