/**
 * Forbids remote addresses in what the app runs: Fitxa makes no outgoing connection. Names that only look like addresses (XML
 * namespaces, URIs of concepts) are listed here by prefix, so that each new one is deliberate.
 */
const names = [
  'http://vocab.getty.edu/aat/',
  'http://www.lido-schema.org',
  'http://terminology.lido-schema.org/',
  'http://www.w3.org/',
  'http://purl.org/dc/',
  'http://ns.adobe.com/',
  'http://iptc.org/',
  'http://purl.oclc.org/',
  'http://www.europeana.eu/schemas/edm/',
  'http://www.openarchives.org/ore/terms/',
  'http://rightsstatements.org/vocab/',
  'http://iiif.io/api/presentation/3/',
  'https://linked.art/ns/v1/',
  'https://fitxa.invalid',
  'http://www.opengis.net/',
  'https://opendatacommons.org/licenses/by/1-0/'
]
const loopback = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])([:/]|$)/

/** @param {string} text @returns {string | null} the first forbidden address in it */
export function remoteAddressIn(text) {
  for (const match of text.matchAll(/\b(?:https?|wss?|ftp):\/\/[^\s'"`<>)]*/gi)) {
    const address = match[0]
    const placeholder = /^\w+:\/\/\$?\{?$/.test(address)
    if (!placeholder && !loopback.test(address) && !names.some((name) => address.startsWith(name))) return address
  }
  return null
}

/** @type {import('eslint').Rule.RuleModule} */
export const noRemoteAddress = {
  meta: {
    type: 'problem',
    docs: { description: 'no address outside this machine in the sources of the app' },
    messages: { remote: 'Remote address {{address}}: the app makes no outgoing connection.' },
    schema: []
  },
  create(context) {
    const check = (node, text) => {
      const address = remoteAddressIn(text)
      if (address !== null) context.report({ node, messageId: 'remote', data: { address } })
    }
    return {
      Literal: (node) => typeof node.value === 'string' && check(node, node.value),
      TemplateElement: (node) => check(node, node.value.raw)
    }
  }
}
