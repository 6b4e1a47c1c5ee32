// For services of the public zone: taking a request at the door and handing it on.

export { refuseUnknownRoutes, routeOf } from '../host/service-app.ts'
export { type Handover, handOver } from './handover.ts'
