// For services of the public zone: taking a request at the door and handing it on.

export { allowUpload, bodyPatienceOf } from '../host/edge-slow-body.ts'
export { methodsByPath, refuseUnknownRoutes, routeOf } from '../host/service-app.ts'
export { defaultBodyLimitBytes } from '../host/streaming.ts'
export { type Handover, handOver, noteTrace } from './handover.ts'
export { stripIdentityHeaders } from './identity-headers.ts'
