import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { SaxesParser } from 'saxes'
import { AppError } from '../../../../shared/errors.ts'
import { copyText } from '../../lib/copy-text.ts'

/** A record of a LIDO file as text, with what stands before it; `line` (from 1) is where the text begins in the file. */
export interface LidoPiece {
  readonly text: string
  readonly line: number
  /** Text of the record's first lidoRecID, empty if it has none. */
  readonly id: string
}

/** The text around the records of a file, to make a document of some of them. */
export interface LidoFrame {
  readonly head: string
  readonly tail: string
}

/** Longest text of one record, characters. A file without the end of a record must not fill the memory. */
const longestRecord = 4_000_000

/** Characters of an identifier that count. */
const longestId = 1000

const lidoNamespace = 'http://www.lido-schema.org'

/**
 * Reads a LIDO file record by record, so that a file of any number of records takes little memory; a file whose root is
 * `lido` is one record. Throws AppErrors for what is no LIDO file: `validate.notFound`, `validate.notXml`,
 * `validate.doctype` (a document type could name other files or grow without end), `validate.root`, `validate.encoding`,
 * `validate.recordTooLarge`, and `validate.notWellFormed` with the line at which the XML is no longer well-formed.
 */
export async function* splitLido(file: string, frame: (frame: LidoFrame) => void): AsyncGenerator<LidoPiece> {
  const splitter = new Splitter(file, frame)
  for await (const text of textOf(file)) yield* splitter.add(text)
  yield* splitter.end()
}

class Splitter {
  readonly #file: string
  readonly #frame: (frame: LidoFrame) => void
  readonly #parser = new SaxesParser()
  #text = ''
  #start = 0
  #line = 1
  #depth = 0
  /** Depth of the elements that are records: 0 where the root is one, 1 in a lidoWrap. */
  #recordDepth = 0
  #begun = false
  #id: string | null = null
  #inId = false
  #ends: { position: number; id: string }[] = []

  constructor(file: string, frame: (frame: LidoFrame) => void) {
    this.#file = file
    this.#frame = frame
    const parser = this.#parser
    parser.on('error', (error) => this.#fail(error))
    parser.on('doctype', () => {
      throw new AppError('validate.doctype', { file })
    })
    parser.on('opentag', (tag) => this.#open(tag.name, tag.attributes))
    parser.on('text', (text) => {
      if (this.#inId) this.#id = (this.#id ?? '') + text
    })
    parser.on('closetag', () => this.#close())
  }

  /** The records that end in this part of the text; those before a fault are given before it is thrown. */
  *add(text: string): Generator<LidoPiece> {
    this.#text += text
    yield* this.#read(() => this.#parser.write(text))
    if (this.#text.length > longestRecord)
      throw new AppError('validate.recordTooLarge', { file: this.#file, line: this.#line, characters: longestRecord })
  }

  *end(): Generator<LidoPiece> {
    yield* this.#read(() => this.#parser.close())
  }

  *#read(parse: () => void): Generator<LidoPiece> {
    let fault: unknown = null
    try {
      parse()
    } catch (error) {
      fault = error
    }
    yield* this.#pieces()
    if (fault !== null) throw fault
  }

  #open(name: string, attributes: Record<string, string>): void {
    const local = localName(name)
    if (!this.#begun) {
      this.#checkRoot(name, attributes)
      this.#begun = true
      this.#recordDepth = local === 'lidoWrap' ? 1 : 0
      if (local === 'lidoWrap') this.#takeHead(name)
      else this.#frame({ head: '', tail: '' })
    }
    if (local === 'lidoRecID' && this.#depth === this.#recordDepth + 1 && this.#id === null) this.#inId = true
    this.#depth++
  }

  #close(): void {
    this.#depth--
    this.#inId = false
    if (this.#depth !== this.#recordDepth) return
    this.#ends.push({ position: this.#parser.position, id: copyText((this.#id ?? '').trim().slice(0, longestId)) })
    this.#id = null
  }

  /** The start tag of a lidoWrap, cut off from the text of the first record. */
  #takeHead(name: string): void {
    const end = this.#parser.position
    const before = this.#text.slice(0, end - this.#start)
    // No attribute may hold a `<`, so the last one begins the tag.
    const head = before.slice(before.lastIndexOf('<')).replace(/\/>$/, '>')
    this.#frame({ head, tail: `</${name}>` })
    this.#cut(end)
  }

  #checkRoot(name: string, attributes: Record<string, string>): void {
    const colon = name.indexOf(':')
    const namespace = attributes[colon < 0 ? 'xmlns' : `xmlns:${name.slice(0, colon)}`]
    const local = localName(name)
    if ((local === 'lido' || local === 'lidoWrap') && namespace === lidoNamespace) return
    throw new AppError('validate.root', { file: this.#file, root: name })
  }

  *#pieces(): Generator<LidoPiece> {
    for (const { position, id } of this.#ends.splice(0)) {
      const line = this.#line
      yield { text: this.#cut(position), line, id }
    }
  }

  /** Takes the text up to a position off. */
  #cut(position: number): string {
    const text = this.#text.slice(0, position - this.#start)
    this.#text = this.#text.slice(position - this.#start)
    this.#start = position
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#line++
    return text
  }

  #fail(error: Error): never {
    const detail = error.message.replace(/^\d+:\d+: /, '')
    if (!this.#begun) throw new AppError('validate.notXml', { file: this.#file, line: this.#parser.line, detail })
    throw new AppError('validate.notWellFormed', { file: this.#file, line: this.#parser.line, detail })
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** The text of a file in parts, decoded as its byte order mark or XML declaration says, else as UTF-8. */
async function* textOf(file: string): AsyncGenerator<string> {
  const decoder = await decoderOf(file)
  try {
    for await (const bytes of createReadStream(file, { highWaterMark: 1 << 16 })) yield decoder.decode(bytes as Buffer, { stream: true })
    const rest = decoder.decode()
    if (rest !== '') yield rest
  } catch (error) {
    if (error instanceof TypeError) throw new AppError('validate.encoding', { file, encoding: decoder.encoding }, error)
    throw error
  }
}

async function decoderOf(file: string): Promise<InstanceType<typeof TextDecoder>> {
  const begin = await beginningOf(file)
  const declared = /^<\?xml[^>]*\bencoding\s*=\s*["']([\w-]+)["']/.exec(begin.toString('latin1').replace(/^ï»¿/, ''))?.[1]
  const mark = begin.length >= 2 ? begin.readUInt16BE(0) : 0
  const encoding = mark === 0xfeff ? 'utf-16be' : mark === 0xfffe ? 'utf-16le' : (declared ?? 'utf-8')
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch (error) {
    throw new AppError('validate.encoding', { file, encoding }, error)
  }
}

/** The first bytes of a file, enough for an XML declaration. Throws `validate.notFound` if there is no file to read. */
export async function beginningOf(file: string): Promise<Buffer> {
  try {
    const handle = await open(file, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw new AppError('validate.notFound', { file }, error)
  }
}
