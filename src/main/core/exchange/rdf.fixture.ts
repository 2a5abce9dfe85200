/** Reads RDF/XML with a parser that is not ours. */
import { RdfXmlParser } from 'rdfxml-streaming-parser'

export interface Statement {
  readonly subject: string
  readonly predicate: string
  readonly object: string
  readonly language: string
}

/** The statements of an RDF/XML document at `base`. Throws for what is no RDF/XML. */
export async function statementsOf(xml: string, base = 'https://museum.test/'): Promise<Statement[]> {
  const parser = new RdfXmlParser({ baseIRI: base })
  const found: Statement[] = []
  const done = new Promise<void>((resolve, reject) => {
    parser.on('data', ({ subject, predicate, object }) =>
      found.push({
        subject: subject.value,
        predicate: predicate.value,
        object: object.value,
        language: object.termType === 'Literal' ? object.language : ''
      })
    )
    parser.on('error', reject)
    parser.on('end', resolve)
  })
  parser.write(xml)
  parser.end()
  await done
  return found
}

/** The objects of a subject's statements with a predicate, in their order. */
export function valuesOf(statements: readonly Statement[], subject: string, predicate: string): string[] {
  return statements.filter((each) => each.subject === subject && each.predicate === predicate).map(({ object }) => object)
}
