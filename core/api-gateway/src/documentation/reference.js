// Requests go to the host that the page came from: under another name of the same platform the
// browser would not let them through.
const response = await fetch('/openapi.json')
const spec = { ...(await response.json()), servers: [{ url: location.origin }] }

const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()

globalThis.SwaggerUIBundle({
  spec,
  dom_id: '#reference',
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  // By default it shows the document to a validator on another host.
  validatorUrl: null,
})
