import { contract } from '../operation.ts'
import { hearSendgrid, reportBounce } from './bounces.ts'
import { listMessages, readMessage, sendMessage } from './messages.ts'
import { changeSender, createSender, listSenders, removeSender } from './senders.ts'
import { addSuppression, listSuppressions, removeSuppression } from './suppressions.ts'
import {
  listTemplates,
  listTemplateVersions,
  previewTemplate,
  publishTemplate,
  readTemplate,
  saveDraft,
  testTemplate,
} from './templates.ts'

import { followLink, openMail } from './tracking.ts'

export { reportUnknown, reportUnreadable, signatureWrong } from './bounces.ts'
export * from './events.ts'
export { dataUnfit, messageMissing } from './messages.ts'
export { domainUnverified, senderMissing, sendersFull } from './senders.ts'
export type { MessageState, NoteKind } from './shapes.ts'
export { suppressionMissing } from './suppressions.ts'
export { templateChanged, templateMissing, templateUnfit } from './templates.ts'
export { linkUnknown } from './tracking.ts'

export const emailContract = contract('email-service', {
  sendMessage,
  listMessages,
  readMessage,
  listTemplates,
  readTemplate,
  listTemplateVersions,
  saveDraft,
  publishTemplate,
  previewTemplate,
  testTemplate,
  listSenders,
  createSender,
  changeSender,
  removeSender,
  listSuppressions,
  addSuppression,
  removeSuppression,
  openMail,
  followLink,
  reportBounce,
  hearSendgrid,
})
