import { XmlElement, XmlXPath, type XmlDocument } from 'libxml2-wasm'
import type { Finding } from './finding.ts'

const namespaces = {
  xs: 'http://www.w3.org/2001/XMLSchema',
  sch: 'http://purl.oclc.org/dsdl/schematron',
  lido: 'http://www.lido-schema.org',
  owl: 'http://www.w3.org/2002/07/owl#',
  skos: 'http://www.w3.org/2004/02/skos/core#'
}

/** A rule of the Schematron that the LIDO schema carries: elements that `broken` finds break it. */
export interface SchematronRule {
  /** Name of the (abstract) rule, such as `sch_SKOS`. */
  readonly name: string
  readonly severity: 'error' | 'warning'
  readonly broken: XmlXPath
}

/**
 * Reads the Schematron rules inside `xs:appinfo` of a schema (ISO Schematron; rules here use XPath 1.0, no variables in
 * their tests, and one rule a pattern, which is what the LIDO 1.1 schema has). Rules that extend abstract ones get their tests.
 */
export function readSchematron(schema: XmlDocument): SchematronRule[] {
  const elements = (from: XmlElement, path: string): XmlElement[] =>
    from.find(path, namespaces).filter((node) => node instanceof XmlElement)
  const attribute = (of: XmlElement, name: string): string => of.attr(name)?.value ?? ''
  const checksOf = (rule: XmlElement): XmlElement[] => elements(rule, 'sch:assert | sch:report')
  const abstract = new Map(elements(schema.root, '//sch:rule[@abstract="true"]').map((rule) => [attribute(rule, 'id'), rule]))

  const rules = new Map<string, SchematronRule>()
  for (const rule of elements(schema.root, '//sch:rule[@context]')) {
    const context = attribute(rule, 'context')
    const extended = elements(rule, 'sch:extends').map((extend) => attribute(extend, 'rule'))
    const sources: [string, XmlElement][] = [
      [attribute(rule, 'id'), rule],
      ...extended.map((name): [string, XmlElement] => [name, required(abstract, name)])
    ]
    for (const [name, source] of sources) {
      for (const check of checksOf(source)) {
        const test = attribute(check, 'test')
        const broken = `//${context}[${check.name === 'report' ? test : `not(${test})`}]`
        const severity = attribute(check, 'role') === 'warn' ? 'warning' : 'error'
        if (!rules.has(broken)) rules.set(broken, { name, severity, broken: XmlXPath.compile(broken, namespaces) })
      }
    }
  }
  return [...rules.values()]
}

/** The elements of a document that break rules. */
export function checkSchematron(rules: readonly SchematronRule[], document: XmlDocument): Finding[] {
  return rules.flatMap(({ name, severity, broken }) =>
    document.find(broken).flatMap((node) => {
      if (!(node instanceof XmlElement)) return []
      return [{ severity, line: node.line, field: node.name, code: `validate.${name}`, data: { field: node.name } }]
    })
  )
}

function required(rules: ReadonlyMap<string, XmlElement>, name: string): XmlElement {
  const rule = rules.get(name)
  if (rule === undefined) throw new Error(`the schema extends an unknown rule ${name}`)
  return rule
}
