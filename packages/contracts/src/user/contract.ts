import { contract } from '../operation.ts'
import {
  changeProfile,
  listAccounts,
  listAudit,
  listCapturedMail,
  readProfile,
  requestPasswordReset,
  resetPassword,
  setUpPlatform,
  signUp,
  verifyEmail,
} from './accounts.ts'
import {
  checkSession,
  listSessions,
  readKeySet,
  refreshSession,
  revokeAllSessions,
  revokeSession,
  signIn,
  signOut,
} from './sessions.ts'

export const userContract = contract('user-service', {
  signUp,
  verifyEmail,
  requestPasswordReset,
  resetPassword,
  setUpPlatform,
  signIn,
  refreshSession,
  signOut,
  listSessions,
  revokeSession,
  revokeAllSessions,
  readProfile,
  changeProfile,
  listAccounts,
  listAudit,
  listCapturedMail,
  readKeySet,
  checkSession,
})
