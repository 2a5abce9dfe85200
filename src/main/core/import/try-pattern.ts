import { matchPattern, parsePattern } from '../../../shared/domain/pattern.ts'
import type { PatternTrial } from '../../../shared/model/job.ts'
import { scanFolder } from './scan.ts'

/** Names shown of those that fit, and of those that don't. */
const mostExamples = 50
const mostUnmatched = 500

/** How long a folder's names are remembered, milliseconds: the pattern is tried with every key that is pressed. */
const rememberedFor = 15_000

/** Reads inventory numbers from the names of a folder's pictures without importing anything. */
export interface PatternTrials {
  /** @throws AppError `import.folder…` where the folder can't be read */
  try(folder: string, pattern: string): Promise<PatternTrial>
}

export function createPatternTrials(now: () => number = () => performance.now()): PatternTrials {
  let remembered: { folder: string; at: number; names: Promise<string[]> } | null = null

  function namesOf(folder: string): Promise<string[]> {
    if (remembered === null || remembered.folder !== folder || now() - remembered.at > rememberedFor) {
      const names = listNames(folder)
      names.catch(() => (remembered = null))
      remembered = { folder, at: now(), names }
    }
    return remembered.names
  }

  return {
    try: async (folder, text) => {
      const names = await namesOf(folder)
      const { pattern, error } = parsePattern(text)
      const matches = names.map((name) => ({ name, match: pattern === null ? null : matchPattern(pattern, name) }))
      const fitting = matches.filter(({ match }) => match !== null)
      const unmatched = matches.filter(({ match }) => match === null)
      return {
        files: names.length,
        matched: fitting.length,
        // Without a number every picture is an object of its own.
        objects: new Set(fitting.map(({ match }) => match?.inventoryNumber)).size + unmatched.length,
        examples: (pattern === null ? matches : fitting).slice(0, mostExamples).map(({ name, match }) => ({
          name,
          inventoryNumber: match?.inventoryNumber ?? null,
          view: match?.view ?? null
        })),
        unmatched: unmatched.slice(0, mostUnmatched).map(({ name }) => name),
        error
      }
    }
  }
}

async function listNames(folder: string): Promise<string[]> {
  const names: string[] = []
  await scanFolder(folder, { details: false, signal: null }, (files) => {
    names.push(...files.filter(({ refused }) => refused === null).map(({ key }) => key))
  })
  return names
}
