import { defineClient } from '@prognetwork/shared-infrastructure/client'

export default defineClient({
  name: 'auth-client',
  port: 3001,
  summary: 'Signing up and in, and what belongs to an account',
  directory: new URL('../', import.meta.url),
})
