import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import {
  ParseOption,
  XmlBufferInputProvider,
  XmlDocument,
  type XmlLibError,
  XmlParseError,
  XmlValidateError,
  XsdValidator,
  xmlCleanupInputProvider,
  xmlRegisterInputProvider
} from 'libxml2-wasm'
import { findingOf, type Finding } from './finding.ts'
import { checkSchematron, readSchematron } from './schematron.ts'

/** The LIDO 1.1 schema, ready to check texts against it. */
export interface LidoSchema {
  /** What is wrong with an XML document: against the XSD and, where that is content, the Schematron rules. Empty: valid. */
  check(xml: string): Finding[]
}

const schemaFile = 'lido-v1.1.xsd'

/** No network, no external entities, no external DTD: a document can make the parser read nothing but itself. */
const closed = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_BIG_LINES

/** Loads the schema from `folder` (resources/schemas/lido) with all that it imports; about 0.3 s. The folder is the only one read. */
export function loadLidoSchema(folder: string): LidoSchema {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.xsd'))
  const files = Object.fromEntries(names.map((name) => [name.split(sep).join('/'), readFileSync(join(folder, name))]))
  xmlRegisterInputProvider(new XmlBufferInputProvider(files))
  const source = XmlDocument.fromBuffer(readFileSync(join(folder, schemaFile)), { url: schemaFile })
  const validator = XsdValidator.fromDoc(source)
  const rules = readSchematron(source)
  // From here on nothing is read any more, whatever a document asks for.
  xmlCleanupInputProvider()
  return {
    check(xml) {
      let document: XmlDocument
      try {
        document = XmlDocument.fromString(xml, { option: closed })
      } catch (error) {
        if (error instanceof XmlParseError) return [notWellFormed(error)]
        throw error
      }
      try {
        const findings = violations(validator, document)
        return [...findings, ...checkSchematron(rules, document)].sort((a, b) => a.line - b.line)
      } finally {
        document.dispose()
      }
    }
  }
}

function violations(validator: XsdValidator, document: XmlDocument): Finding[] {
  try {
    validator.validate(document)
    return []
  } catch (error) {
    if (error instanceof XmlValidateError) return error.details.map(findingOf)
    throw error
  }
}

function notWellFormed(error: XmlLibError): Finding {
  const [detail] = error.details
  return {
    severity: 'error',
    line: detail?.line ?? 1,
    field: '',
    code: 'validate.notWellFormed',
    data: { detail: detail?.message.trim() ?? '' }
  }
}
