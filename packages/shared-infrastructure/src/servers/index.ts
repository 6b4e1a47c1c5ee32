// Real servers of others on this machine, for developers and tests.
export { startKafka } from './kafka.ts'
export { fetchKafkaJars, hasKafka } from './kafka-jars.ts'
export { findProgram, MissingProgram } from './program.ts'
export { hasRabbitmq, startRabbitmq } from './rabbitmq.ts'
export { startRedis } from './redis.ts'
export type { ServerProcess } from './server-process.ts'
