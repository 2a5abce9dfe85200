import ExifReader from 'exifreader'
import type { ImageMetadata } from '../../../shared/model/record.ts'
import type { MetadataPart } from './metadata-part.ts'
import { withinTime } from './within-time.ts'
import { readXmp, type XmpProperties } from './xmp.ts'

/** Metadata of a file that holds none that can be read. */
export const noMetadata: ImageMetadata = { title: null, description: null, keywords: [], creator: null, date: null, rights: null }

/** Only what a catalogue keeps: no places (GPS), no camera data, no previews. */
const includeTags = {
  exif: [
    'ImageDescription',
    'Artist',
    'Copyright',
    'DateTimeOriginal',
    'DateTimeDigitized',
    'XPTitle',
    'XPSubject',
    'XPComment',
    'XPAuthor',
    'XPKeywords'
  ],
  iptc: [
    'Object Name',
    'Headline',
    'Caption/Abstract',
    'Keywords',
    'By-line',
    'Copyright Notice',
    'Date Created',
    'Time Created',
    'Coded Character Set'
  ],
  xmp: ['title']
}

/** Longest time that reading the metadata of one file may take, milliseconds; it takes one or two. */
const longestTime = 5000

const longestText = 10_000
const mostKeywords = 500

/** What programs and cameras write by themselves where a person's words belong. */
const notWords =
  /^(olympus digital camera|samsung|default|untitled|picasa|minolta digital camera|konica minolta digital camera|kodak digital still camera|sony dsc|dcim)$/i

/** What a file says about its picture; `complete` = nothing was left out because it is too large or takes too long. */
export interface ReadMetadata {
  readonly metadata: ImageMetadata
  readonly complete: boolean
}

/**
 * Reads title, description, keywords, creator, date and rights from EXIF, IPTC and XMP, in this order of increasing
 * precedence; keywords are gathered from all three. A malformed tag or block is skipped; the picture is never refused for it. Size,
 * depth, number and time are limited; the rest is left out.
 */
export function readMetadata({ bytes, complete }: MetadataPart, milliseconds = longestTime): ReadMetadata {
  if (bytes === null) return { metadata: noMetadata, complete }
  const read = withinTime(() => {
    const tags = load(bytes)
    return tags === null ? { metadata: noMetadata, complete } : { metadata: metadataOf(tags), complete: complete && tags.complete }
  }, milliseconds)
  return read ?? { metadata: noMetadata, complete: false }
}

function metadataOf({ exif, iptc, xmp }: Tags): ImageMetadata {
  const first = (...found: (string | null)[]): string | null => found.find((text) => text !== null) ?? null
  return {
    title: first(text(xmp, 'title'), text(iptc, 'Object Name'), text(xmp, 'Headline'), text(iptc, 'Headline'), text(exif, 'XPTitle')),
    description: first(
      text(xmp, 'description'),
      text(iptc, 'Caption/Abstract'),
      text(exif, 'ImageDescription'),
      text(exif, 'XPComment'),
      text(exif, 'XPSubject')
    ),
    keywords: keywords([...list(xmp, 'subject'), ...list(iptc, 'Keywords'), ...(text(exif, 'XPKeywords')?.split(';') ?? [])]),
    creator: first(text(xmp, 'creator'), text(iptc, 'By-line'), text(exif, 'Artist'), text(exif, 'XPAuthor')),
    date: first(
      date(text(xmp, 'DateCreated')),
      date(text(xmp, 'DateTimeOriginal')),
      iptcDate(text(iptc, 'Date Created'), text(iptc, 'Time Created')),
      date(text(exif, 'DateTimeOriginal')),
      date(text(xmp, 'CreateDate')),
      date(text(exif, 'DateTimeDigitized'))
    ),
    rights: first(text(xmp, 'rights'), text(iptc, 'Copyright Notice'), text(exif, 'Copyright'), text(xmp, 'UsageTerms'))
  }
}

type Group = Readonly<Record<string, unknown>>

interface Tags {
  readonly exif: Group
  readonly iptc: Group
  readonly xmp: Group
  readonly complete: boolean
}

function load(bytes: Buffer): Tags | null {
  // The reader finds and decodes the packets of XMP; they are read as a stream, not as the tree that it would make of them.
  const packets: string[] = []
  const domParser = {
    parseFromString(packet: string): never {
      packets.push(packet)
      throw new Error('read as a stream')
    }
  }
  try {
    const tags = ExifReader.load(bytes, { expanded: true, includeTags, domParser })
    // Main packet and extended packet; a third would be both in one.
    const read = packets.slice(0, 2).map(readXmp)
    const complete = read.every((one) => one.complete)
    return { exif: group(tags.exif), iptc: group(tags.iptc), xmp: xmpGroup(read.map(({ properties }) => properties)), complete }
  } catch {
    // The reader throws for a file without metadata and for malformed blocks: both mean none.
    return null
  }
}

/** Properties in the form of the reader's other groups; the first packet that has one counts. */
function xmpGroup(packets: readonly XmpProperties[]): Group {
  const found = new Map<string, unknown>()
  for (const packet of packets)
    for (const [name, values] of Object.entries(packet)) {
      if (found.has(name) || values.length === 0) continue
      // Of the languages of a text only the first counts; lists are kept whole.
      const kept = name === 'subject' || name === 'creator' ? values : values.slice(0, 1)
      found.set(
        name,
        kept.map((value) => ({ description: value }))
      )
    }
  return Object.fromEntries(found)
}

function group(tags: unknown): Group {
  return typeof tags === 'object' && tags !== null ? (tags as Group) : {}
}

/** A tag's text, made fit to be stored and shown; null if there is none. */
function text(tags: Group, name: string): string | null {
  const tag = tags[name]
  const parts = (Array.isArray(tag) ? tag : [tag]).map((one) => clean(description(one))).filter((part) => part !== '')
  const joined = parts.join(', ')
  return joined === '' || notWords.test(joined) ? null : joined.slice(0, longestText)
}

function description(tag: unknown): string {
  if (typeof tag !== 'object' || tag === null) return ''
  const found = (tag as { description?: unknown }).description
  return typeof found === 'string' ? found : ''
}

/** A tag that holds several words: a bag of XMP, or a repeated record of IPTC. */
function list(tags: Group, name: string): string[] {
  const tag = tags[name]
  return Array.isArray(tag) ? tag.map(description) : [description(tag)]
}

function keywords(words: readonly string[]): string[] {
  const cleaned = words.map((word) => clean(word).slice(0, 300)).filter((word) => word !== '')
  return [...new Set(cleaned)].slice(0, mostKeywords)
}

/** Without control characters (line breaks excepted), broken surrogates and blanks around. */
function clean(found: string): string {
  return Buffer.from(
    found
      .replace(/\r\n?/g, '\n')
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
      .trim()
  ).toString()
}

/** A date as ISO 8601: EXIF writes `2008:10:22 16:28:39`. What is no date, or the empty clock of a camera, is left out. */
function date(found: string | null): string | null {
  const match = /^(\d{4})(?:[:-](\d{2})(?:[:-](\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/.exec(found ?? '')
  if (match === null || match[1] === '0000' || match[2] === '00') return null
  const [, year, month, day, time, zone] = match
  const calendar = [year, month, day].filter((part) => part !== undefined && part !== '00').join('-')
  return time === undefined || day === undefined || day === '00' ? calendar : `${calendar}T${time}${zone ?? ''}`
}

/** IPTC keeps day (`20140922`, or already separated) and time (`105635+0200`) in two records. */
function iptcDate(day: string | null, time: string | null): string | null {
  const digits = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(day ?? '')
  if (digits === null) return null
  const clock = /^(\d{2}):?(\d{2}):?(\d{2})(?:([+-]\d{2}):?(\d{2}))?$/.exec(time ?? '')
  const rest = clock === null ? '' : `T${clock[1]}:${clock[2]}:${clock[3]}${clock[4] === undefined ? '' : `${clock[4]}:${clock[5]}`}`
  return date(`${digits[1]}-${digits[2]}-${digits[3]}${rest}`)
}
