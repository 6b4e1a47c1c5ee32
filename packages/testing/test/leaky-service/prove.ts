// The command as `prog prove isolation --json` runs it, over a platform with one service more.
import { prove } from '@prognetwork/cli/prove'
import { services } from '../../../../platform.ts'
import leakyService from './service.ts'

await prove([...services, leakyService], 'isolation', { json: true })
