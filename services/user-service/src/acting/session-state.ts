import type { Context, Input, Output } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import type { Database, RealTime } from '@prognetwork/shared-infrastructure'
import { patternsOf } from '../roles/authority.ts'
import { readState } from '../sessions/sessions.store.ts'
import { type ActingState, readActingState } from './acting.store.ts'
import { operatorRoles } from './acting.ts'

type Check = typeof userContract.operations.checkSession
type State = Output<Check>

const ended: State = { active: false, roles: [], patterns: [], acting: null }

/**
 * What the doors ask at every request: whether a session holds now and what it may do, whether it
 * was opened in this tenant or somebody acts for it.
 */
export function createSessionState({ db, realTime }: { db: Database; realTime: RealTime }) {
  return async (ctx: Context, { params }: Input<Check>): Promise<State> => {
    const now = realTime.now()
    const [[own], [acting]] = await db.readAll(ctx, [
      readState(params.sessionId, now),
      readActingState(params.sessionId, now),
    ])
    if (acting) return actingState(acting)
    if (!own) return ended
    const { active, roles, customPatterns } = own
    return { active, roles, patterns: patternsOf(roles, customPatterns), acting: null }
  }
}

function actingState(row: ActingState): State {
  const { parentId, standing, reason } = row
  const holds = row.open && (standing !== 'member' || row.roles !== null)
  if (!holds) return ended
  // An operator has what operators have here, also where they happen to be a member.
  const roles = { member: row.roles ?? [], operator: [...operatorRoles] }[standing]
  return {
    active: true,
    roles,
    patterns: patternsOf(roles, standing === 'member' ? row.customPatterns : []),
    acting: { parentId, standing, reason },
  }
}

export type SessionState = ReturnType<typeof createSessionState>
