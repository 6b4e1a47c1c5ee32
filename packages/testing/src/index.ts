export { type Answer, createTestClient, type TestClient } from './client.ts'
export { createTestDatabase, startCluster, type TestCluster } from './cluster.ts'
export {
  startTestPlatform,
  type TestClock,
  type TestPerson,
  type TestPlatform,
  testPassword,
} from './platform.ts'
