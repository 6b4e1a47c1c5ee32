import { defineClient } from '@prognetwork/shared-infrastructure/client'

export default defineClient({
  name: 'admin-client',
  port: 3000,
  summary: 'The console of operators and of the staff of each tenant',
  directory: new URL('../', import.meta.url),
  isConsole: true,
})
