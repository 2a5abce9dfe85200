import { groupByNumber, type NumberGroup } from '../../../shared/domain/number-groups.ts'
import { groupFolder, parsePattern, type Pattern } from '../../../shared/domain/pattern.ts'
import { groupDoubtSchema, type GroupDoubt, type PatternTrial, type TrialGroup } from '../../../shared/model/job.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { slashed } from './locations.ts'
import type { NumberedObject } from './numbered-objects.ts'
import { scanFolder } from './scan.ts'

/** Maximum number of groups, of views in each, and of names that do not match. */
const mostGroups = 200
const mostViews = 12
const mostUnmatched = 500

/** Numbers looked up in one call, so that other reads can run in between. */
const numbersAtOnce = 2000

/** How long a folder's names are cached, in milliseconds: the pattern is tried at every key press. */
const rememberedFor = 15_000

/** Shows how an import would read the names of a folder's pictures, without importing anything. */
export interface PatternTrials {
  /** `files`: only these of the folder. @throws AppError `import.folder…` where the folder can't be read */
  try(folder: string, pattern: string, acrossFolders: boolean, files?: readonly string[] | null): Promise<PatternTrial>
}

export function createPatternTrials(catalogue: Catalogue, now: () => number = () => performance.now()): PatternTrials {
  let remembered: { folder: string; at: number; names: Promise<string[]> } | null = null

  function namesOf(folder: string): Promise<string[]> {
    if (remembered === null || remembered.folder !== folder || now() - remembered.at > rememberedFor) {
      const names = listNames(folder)
      names.catch(() => (remembered = null))
      remembered = { folder, at: now(), names }
    }
    return remembered.names
  }

  async function objectsWith(numbers: readonly string[]): Promise<Map<string, NumberedObject>> {
    const found = new Map<string, NumberedObject>()
    for (let at = 0; at < numbers.length; at += numbersAtOnce)
      for (const object of await catalogue.read('numberedObjects', numbers.slice(at, at + numbersAtOnce))) found.set(object.number, object)
    return found
  }

  return {
    try: async (folder, text, acrossFolders, files = null) => {
      const names = files ?? (await namesOf(folder))
      const { pattern, error } = parsePattern(text)
      if (pattern === null) return { ...withoutNumbers(names.length), error }
      const { groups, unmatched, lackDigit } = groupByNumber(pattern, names, acrossFolders)
      const objects = await objectsWith([...new Set(groups.map(({ number }) => number))])
      const root = slashed(folder)
      const shown = groups.map((group) => trialGroup(group, objects.get(group.number) ?? null, { root, pattern, acrossFolders }))
      const order = (group: TrialGroup): number => Math.min(groupDoubtSchema.options.length, ...group.doubts.map(severity))
      return {
        files: names.length,
        matched: names.length - unmatched.length,
        // Without a number, every picture is its own object.
        objects: groups.length + unmatched.length,
        groups: shown.toSorted((a, b) => order(a) - order(b)).slice(0, mostGroups),
        groupCount: groups.length,
        doubtful: shown.filter(({ doubts }) => doubts.length > 0).length,
        unmatched: unmatched.slice(0, mostUnmatched),
        lackDigit,
        error: null
      }
    }
  }
}

function withoutNumbers(files: number): Omit<PatternTrial, 'error'> {
  return { files, matched: 0, objects: files, groups: [], groupCount: 0, doubtful: 0, unmatched: [], lackDigit: 0 }
}

const severity = (doubt: GroupDoubt): number => groupDoubtSchema.options.indexOf(doubt)

function trialGroup(
  group: NumberGroup,
  object: NumberedObject | null,
  { root, pattern, acrossFolders }: { root: string; pattern: Pattern; acrossFolders: boolean }
): TrialGroup {
  const paths = new Set(object?.paths)
  const added = group.views.filter(({ name }) => !paths.has(`${root}/${name}`))
  const folder = group.folder === '' ? root : `${root}/${group.folder}`
  const sameFolder = object?.paths.some((path) => groupFolder(pattern, path) === folder) === true
  const joins = object !== null && (acrossFolders || sameFolder)
  const taken = object !== null && !joins
  const views = group.views.map(({ view }) => view?.toLowerCase())
  const doubts: Readonly<Record<GroupDoubt, boolean>> = {
    taken,
    otherFolder: !group.keepsNumber && !taken,
    joins: joins && added.length > 0,
    acrossFolders: group.folders > 1,
    sameView: new Set(views).size < views.length,
    manyViews: views.length > mostViews
  }
  return {
    number: group.number,
    folder: group.folder,
    keepsNumber: joins || (group.keepsNumber && !taken),
    views: group.views.slice(0, mostViews),
    viewCount: group.views.length,
    doubts: groupDoubtSchema.options.filter((doubt) => doubts[doubt]),
    object: object === null ? null : { id: object.id, sha256: object.sha256, images: object.images }
  }
}

async function listNames(folder: string): Promise<string[]> {
  const names: string[] = []
  await scanFolder(folder, { details: false, signal: null }, (files) => {
    names.push(...files.filter(({ refused }) => refused === null).map(({ key }) => key))
  })
  return names
}
