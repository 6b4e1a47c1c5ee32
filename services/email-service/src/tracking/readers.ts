// Who asks for a link in a mail: a person, or a program that looks at mails before people do. Apple's
// and others' proxies load every picture, whether the mail is ever looked at; such an opening says
// nothing.
const programs =
  /bot\b|bot\/|crawl|spider|scan|preview|prefetch|headless|barracuda|mimecast|proofpoint|symantec|fortinet|trendmicro|curl|wget|python|java\/|go-http|okhttp|axios|node-fetch|undici|libwww|httpclient|slack|facebookexternalhit|whatsapp/i

/** What Apple's proxy calls itself, and nothing more. */
const proxies = /^Mozilla\/5\.0$/

export function isPerson(userAgent: string | undefined): boolean {
  return userAgent !== undefined && !programs.test(userAgent) && !proxies.test(userAgent)
}
