// The command as `prog prove isolation --json` runs it, over the services that tenants and people come
// from and one service more.
import { prove } from '@prognetwork/cli/prove'
import { services } from '../../../../platform.ts'
import leakyService from './service.ts'

const needed = ['api-gateway', 'event-streaming-service', 'tenant-service', 'user-service']
const few = services.filter(({ name }) => needed.includes(name))

await prove([...few, leakyService], 'isolation', { json: true })
