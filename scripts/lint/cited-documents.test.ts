import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

/** Folders whose comments cite documents, and the parts of them that are not checked. */
const folders = ['src', 'scripts', 'tests', 'trainer/src', 'trainer/tests']
const ignored = /node_modules|__pycache__|\.egg-info|fixtures/

const files = (folder: string, ending: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !ignored.test(path))

/** The text of a source with its comments' lines joined, so that a citation may be broken over two of them. */
const flowing = (text: string): string => text.replace(/\n\s*(?:\*|\/\/|#)?[ \t]*/g, ' ')

const withoutCode = (text: string): string => text.replace(/```[\s\S]*?```/g, '')

const headings = (document: string): string[] => {
  const text = withoutCode(readFileSync(join(root, document), 'utf8'))
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.trim())
}

/** The wrong citations of a text: `docs/<name>.md`, and behind it in quotes the section that is meant. */
function faultsOf(text: string): string[] {
  const cited = [...flowing(text).matchAll(/\bdocs\/[\w./-]+\.md(?:, "([^"]+)")?/g)]
  return cited.flatMap(([whole, section]) => {
    const document = whole.split(',')[0] ?? ''
    if (!existsSync(join(root, document))) return [`${document} does not exist`]
    return section === undefined || headings(document).includes(section) ? [] : [`${document} has no section "${section}"`]
  })
}

/** Documents of the project that are named without their folder, which nobody could follow. */
const bare =
  /(?<![\w/-])(?:interface|science|features|budgets|engineering-notes|architecture|decisions|security|benchmarks|reliability|design)\.md\b/

describe('documents that comments cite', () => {
  const sources = folders
    .flatMap((folder) => files(folder, /\.(ts|vue|js|css|py)$/))
    .filter((path) => path !== relative(root, import.meta.filename))

  it('exist, with the sections that are named', () => {
    const faults = sources.flatMap((path) => faultsOf(readFileSync(join(root, path), 'utf8')).map((fault) => `${path}: ${fault}`))
    expect(faults).toEqual([])
  })

  it('are named with their folder', () => {
    const faults = sources.filter((path) => bare.test(flowing(readFileSync(join(root, path), 'utf8'))))
    expect(faults).toEqual([])
  })

  it('would be missed if they went', () => {
    expect(faultsOf('/** (docs/nowhere.md) */')).toEqual(['docs/nowhere.md does not exist'])
    expect(faultsOf('/**\n * (docs/interface.md,\n * "No such section")\n */')).toEqual([
      'docs/interface.md has no section "No such section"'
    ])
    expect(faultsOf('# docs/interface.md,\n    # "Ground rules"')).toEqual([])
    expect(bare.test('see interface.md, section 4')).toBe(true)
  })
})

describe('links between documents', () => {
  const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md', 'trainer/README.md', ...files('docs', /\.md$/)]

  it.each(documents.filter((path) => existsSync(join(root, path))))('of %s lead to files', (path) => {
    const links = [...withoutCode(readFileSync(join(root, path), 'utf8')).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
    const lost = links
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(root, dirname(path), decodeURIComponent(target))))
    expect(lost).toEqual([])
  })
})
