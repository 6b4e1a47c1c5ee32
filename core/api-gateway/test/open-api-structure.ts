type Json = Readonly<Record<string, unknown>>

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** Where a document leaves the form that OpenAPI 3.1 gives it; references included. */
export function structuralFaults(document: object): string[] {
  const root = document as Json
  const info = object(root.info)
  return [
    ...(/^3\.1\.\d+$/.test(String(root.openapi)) ? [] : ['openapi is not 3.1']),
    ...['title', 'version'].flatMap((key) => (info[key] ? [] : [`info.${key} is missing`])),
    ...Object.entries(object(root.paths)).flatMap(([path, item]) =>
      pathFaults(root, path, object(item)),
    ),
    ...new Set(referencesIn(root).filter((one) => resolve(root, one) === undefined)),
  ].map((fault) => (fault.startsWith('#/') ? `${fault} leads nowhere` : fault))
}

function pathFaults(root: Json, path: string, item: Json): string[] {
  return [
    ...(path.startsWith('/') ? [] : [`${path} does not start with a slash`]),
    ...Object.keys(item)
      .filter((method) => !methods.includes(method))
      .map((method) => `${path} ${method} is no method`),
    ...Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .flatMap(([method, operation]) =>
        operationFaults(root, path, object(operation)).map((fault) => `${method} ${path} ${fault}`),
      ),
  ]
}

function operationFaults(root: Json, path: string, operation: Json): string[] {
  const parameters = list(operation.parameters).map((one) => follow(root, one))
  const declared = parameters.filter((one) => one.in === 'path').map((one) => String(one.name))
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  const responses = Object.entries(object(operation.responses))
  return [
    ...(operation.operationId ? [] : ['has no operationId']),
    ...(responses.length > 0 ? [] : ['has no responses']),
    ...responses.flatMap(([status, response]) => [
      ...(/^[1-5]\d\d$|^default$/.test(status) ? [] : [`${status} is no status`]),
      ...(follow(root, response).description ? [] : [`${status} has no description`]),
    ]),
    ...parameters
      .filter((one) => Object.keys(one).length > 0)
      .flatMap((one) => [
        ...(one.name && one.schema ? [] : ['has a parameter without name or schema']),
        ...(['path', 'query', 'header', 'cookie'].includes(String(one.in))
          ? []
          : [`has a parameter in ${String(one.in)}`]),
        ...(one.in === 'path' && one.required !== true ? [`${String(one.name)} is optional`] : []),
      ]),
    ...inPath
      .filter((name) => !declared.includes(name))
      .map((name) => `does not declare the path parameter ${name}`),
    ...declared
      .filter((name) => !inPath.includes(name))
      .map((name) => `declares ${name}, which its path has not`),
  ]
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' ? [String(inner)] : referencesIn(inner),
  )
}

function resolve(root: Json, reference: string): unknown {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((at, key) => object(at)[key], root)
}

function follow(root: Json, value: unknown): Json {
  const { $ref } = object(value)
  return typeof $ref === 'string' ? object(resolve(root, $ref)) : object(value)
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
