declare module 'pg/lib/result.js' {
  import type { CustomTypesConfig, QueryResult } from 'pg'

  const Result: new (rowMode: string, types: CustomTypesConfig) => QueryResult
  export default Result
}

declare module 'pg/lib/utils.js' {
  const utils: { prepareValue(value: unknown): unknown }
  export default utils
}
