export { clients, services } from '../../../platform.ts'
export {
  type BrowserOptions,
  type BrowserPlatform,
  type Browsing,
  browserMissing,
  startBrowser,
  startBrowserPlatform,
} from './browser.ts'
export { type BrowserRequests, cookieOf, createBrowserRequests } from './browser-requests.ts'
export { callingAs } from './calling-as.ts'
export { type Answer, createTestClient, type TestClient } from './client.ts'
export { createTestDatabase, startCluster, type TestCluster } from './cluster.ts'
export { findSystemServers, systemServersMissing } from './installed-servers.ts'
export { type OpenStream, openEventSource, openWebSocket } from './open-stream.ts'
export { type People, type TestPerson, type TestShop, testPassword } from './people.ts'
export {
  type BlackBox,
  startTestPlatform,
  type TestClock,
  type TestPlatform,
  type TestPlatformOptions,
} from './platform.ts'
export {
  choosePorts,
  databaseUrl,
  endProcess,
  environmentFor,
  freePort,
  type ProgProcess,
  runProg,
  startProg,
} from './prog.ts'
export { type SeparatePlatform, startSeparatePlatform } from './separate-platform.ts'
export {
  type SystemDatabase,
  startSystemDatabase,
  startSystemPlatform,
} from './system-platform.ts'
export { type SystemServer, startSystemPostgres } from './system-servers.ts'
export { createTenants, type Tenants } from './tenants.ts'
export { createWebClients, type WebClientServer } from './web-clients.ts'
