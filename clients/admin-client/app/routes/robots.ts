/** Nothing here is for search engines. */
export function loader() {
  const text = 'User-agent: *\nDisallow: /\n'
  return new Response(text, { headers: { 'content-type': 'text/plain; charset=utf-8' } })
}
