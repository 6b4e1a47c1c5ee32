export {
  createPublisher,
  type EncryptPersonal,
  partitionCount,
  partitionOf,
  personalFieldsOf,
} from './publisher.ts'
