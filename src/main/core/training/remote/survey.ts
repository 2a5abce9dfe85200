import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { requirementLists } from '../python.ts'
import type { Connection } from './connection.ts'
import type { Requirement } from './run.ts'

/** What the far end found on the machine. */
export interface Survey {
  /** The Python that is to train: the person's own if it has every package, else the one that Fitxa made there. */
  readonly program: string
  readonly version: readonly number[]
  readonly system: string
  /** Versions of the packages, null for those that are missing. */
  readonly found: Readonly<Record<string, string | null>>
  /** Why torch does not load; null if it does or is missing. */
  readonly torchError: string | null
  /** The GPUs that torch can compute on. */
  readonly gpus: readonly { readonly name: string; readonly bytes: number }[]
  /** The graphics card that the driver knows, whether or not torch can use it. */
  readonly card: string | null
  /** Whether Python there can make an environment of its own. */
  readonly canMakePython: boolean
  /** Bytes free on the disk of Fitxa's folder. */
  readonly free: number
  /** Whether the machine ends what a person left running when the last connection closes. */
  readonly endsAtLogout: boolean
}

/** Surveys the machine; takes some seconds, because torch is loaded. */
export function lookAt(connection: Connection, requirements: readonly Requirement[]): Promise<Survey> {
  return connection.request<Survey>('check', { requirements })
}

/** The packages that a training needs and their versions, from the lists in the folder above `trainerSource`. */
export async function readRequirements(trainerSource: string): Promise<Requirement[]> {
  const texts = await Promise.all(requirementLists.map((name) => readFile(join(dirname(trainerSource), name), 'utf8')))
  return texts
    .flatMap((text) => text.split(/\r?\n/))
    .flatMap((line): Requirement[] => {
      const [, name, version] = /^([\w.-]+)==([\w.+!-]+)\s*$/.exec(line) ?? []
      return name === undefined || version === undefined ? [] : [[name, version]]
    })
}

/** The packages that the Python there lacks. Another version than ours is kept, because it matches the machine's driver. */
export function lacking(survey: Survey, requirements: readonly Requirement[]): Requirement[] {
  return requirements.filter(([name]) => survey.found[name] === null)
}
