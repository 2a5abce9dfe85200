import { SaxesParser } from 'saxes'

/** Properties that a catalogue keeps, by namespace and local name (XMP part 1 and 2). */
const wanted: Readonly<Record<string, string>> = {
  'http://purl.org/dc/elements/1.1/ title': 'title',
  'http://purl.org/dc/elements/1.1/ description': 'description',
  'http://purl.org/dc/elements/1.1/ subject': 'subject',
  'http://purl.org/dc/elements/1.1/ creator': 'creator',
  'http://purl.org/dc/elements/1.1/ rights': 'rights',
  'http://ns.adobe.com/xap/1.0/rights/ UsageTerms': 'UsageTerms',
  'http://ns.adobe.com/photoshop/1.0/ Headline': 'Headline',
  'http://ns.adobe.com/photoshop/1.0/ DateCreated': 'DateCreated',
  'http://ns.adobe.com/exif/1.0/ DateTimeOriginal': 'DateTimeOriginal',
  'http://ns.adobe.com/xap/1.0/ CreateDate': 'CreateDate'
}

/** Prefixes that programs use without declaring them. */
const usualPrefixes: Readonly<Record<string, string>> = {
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  dc: 'http://purl.org/dc/elements/1.1/',
  xmpRights: 'http://ns.adobe.com/xap/1.0/rights/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  exif: 'http://ns.adobe.com/exif/1.0/',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  xap: 'http://ns.adobe.com/xap/1.0/'
}

/** Limits of one packet; what lies beyond them is not read. */
const maxDepth = 100
const maxElements = 200_000
const maxPrefixes = 200
const maxValues = 1000
const maxCharacters = 20_000

/** Values of the wanted properties in the order of the packet, the default language of a property first. */
export type XmpProperties = Readonly<Record<string, readonly string[]>>

class Enough extends Error {}

/**
 * Reads the wanted properties of an XMP packet as a stream: time and memory grow with its length only, whatever it nests or
 * declares. `complete` is false if a limit ended the reading; the values read until then are returned, also for malformed input.
 */
export function readXmp(packet: string): { properties: XmpProperties; complete: boolean } {
  const prefixes = new Map(Object.entries(usualPrefixes))
  const properties = new Map<string, string[]>()
  const open: string[] = []
  let elements = 0
  let depth = 0
  let property: { name: string; depth: number } | null = null
  let text: string | null = null
  let first = false

  function add(name: string, value: string, ahead: boolean): void {
    const values = properties.get(name) ?? []
    properties.set(name, values)
    if (value.trim() === '' || values.length >= maxValues) return
    if (ahead) values.unshift(value)
    else values.push(value)
  }

  function expand(name: string): string {
    const at = name.indexOf(':')
    return at === -1 ? name : `${prefixes.get(name.slice(0, at)) ?? ''} ${name.slice(at + 1)}`
  }

  const parser = new SaxesParser({ xmlns: false, position: false })
  parser.on('opentag', ({ name, attributes }) => {
    if (++elements > maxElements || ++depth > maxDepth) throw new Enough()
    open.push(name)
    for (const [key, value] of Object.entries(attributes)) {
      if (!key.startsWith('xmlns:')) continue
      if (prefixes.size >= maxPrefixes) throw new Enough()
      prefixes.set(key.slice(6), value)
    }
    const full = expand(name)
    if (full === `${usualPrefixes.rdf} Description`)
      for (const [key, value] of Object.entries(attributes)) {
        const known = wanted[expand(key)]
        if (known !== undefined) add(known, value.slice(0, maxCharacters), false)
      }
    const known = wanted[full]
    if (property === null && known !== undefined) {
      property = { name: known, depth }
      text = ''
      first = false
    } else if (property !== null && full === `${usualPrefixes.rdf} li`) {
      text = ''
      first = attributes['xml:lang'] === 'x-default'
    }
  })
  parser.on('text', (part) => {
    if (property !== null && text !== null && text.length < maxCharacters) text += part.slice(0, maxCharacters - text.length)
  })
  parser.on('closetag', () => {
    const full = expand(open.pop() ?? '')
    if (property !== null && text !== null && (full === `${usualPrefixes.rdf} li` || depth === property.depth)) {
      add(property.name, text, first)
      text = null
    }
    if (property !== null && depth === property.depth) property = null
    depth--
  })
  parser.on('doctype', () => {
    throw new Enough()
  })
  try {
    parser.write(packet).close()
    return { properties: Object.fromEntries(properties), complete: true }
  } catch (error) {
    return { properties: Object.fromEntries(properties), complete: !(error instanceof Enough) }
  }
}
