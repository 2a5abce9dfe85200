import { join } from 'node:path'
import { z } from 'zod'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import {
  changeProfileSchema,
  changesOptionsSchema,
  type ChangeProfile,
  type ChangesSummary,
  type ListedProfile
} from '../../../shared/model/changes.ts'
import { perFacet } from '../../../shared/model/facet.ts'
import { termOf, type TermSource } from '../annotation/hydrate.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import { writeExportFile } from '../exchange/export-file.ts'
import type { JobContext, JobResult, JobRunner } from '../jobs/runner.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { layOut } from './lay-out.ts'
import type { ChangedObject } from './operations.ts'
import { readyProfiles } from './ready-profiles.ts'

/** What changed in the catalogue, for the museum's collection system. */
export interface Changes {
  /** The profiles that come with the program, then the museum's own. */
  profiles(): Promise<ListedProfile[]>
  /** Saves a profile under its name. Throws `changes.readyProfile` for the name of a built-in profile. */
  saveProfile(profile: ChangeProfile): Promise<ListedProfile[]>
  removeProfile(name: string): Promise<ListedProfile[]>
  /** How much has changed since a moment, or (null) since the last export. */
  summary(since: string | null): Promise<ChangesSummary>
  readonly runner: JobRunner
}

/** Objects read and written at a time. */
const pageSize = 200

/** Property of the catalogue with the museum's own profiles. */
const property = 'changeProfiles'

/** Whether a job of the kind `export` writes a difference file. */
export const isChangesJob = (options: unknown): boolean => changesOptionsSchema.safeParse(options).success

export function createChanges({ catalogue, vocabulary }: { catalogue: Catalogue; vocabulary: TermSource }): Changes {
  async function own(): Promise<ChangeProfile[]> {
    const text = await catalogue.read('property', property)
    return text === null ? [] : z.array(changeProfileSchema).parse(JSON.parse(text))
  }
  const listed = (mine: readonly ChangeProfile[]): ListedProfile[] => [
    ...readyProfiles.map((profile) => ({ profile, ready: true })),
    ...mine.map((profile) => ({ profile, ready: false }))
  ]
  async function keep(profiles: readonly ChangeProfile[]): Promise<ListedProfile[]> {
    await catalogue.write('setProperty', { key: property, value: JSON.stringify(profiles) })
    return listed(profiles)
  }
  async function profileOf(name: string): Promise<ChangeProfile> {
    const all = listed(await own()).map(({ profile }) => profile)
    const found = all.find((profile) => profile.name.toLowerCase() === name.toLowerCase())
    if (found === undefined) throw new AppError('changes.noProfile', { name, profiles: all.map((profile) => profile.name).join(', ') })
    return found
  }
  async function* pages(since: string | null): AsyncGenerator<ChangedObject[]> {
    for (let after: number | null = 0; after !== null;) {
      const page: { objects: ChangedObject[]; next: number | null } = await catalogue.read('changedObjects', {
        since,
        after,
        limit: pageSize
      })
      yield page.objects
      after = page.next
    }
  }
  const from = async (since: string | null): Promise<string | null> =>
    since === null ? await catalogue.read('lastExportAt') : new Date(since).toISOString()

  async function run(context: JobContext, given: unknown): Promise<JobResult> {
    const { since: asked, profile: name, file: wanted, overwrite } = changesOptionsSchema.parse(given)
    const profile = await profileOf(name)
    const since = await from(asked)
    const layout = layOut(profile, vocabulary)
    const day = new Date().toISOString().slice(0, 10)
    const fallback = join(
      cataloguePaths(catalogue.folder).exports,
      `${catalogue.name}-${profile.name}-${day}.${profile.format}`.replace(/[\\/:*?"<>|]/g, '_')
    )
    const { file, filled } = await writeExportFile(catalogue, context, { file: wanted, fallback, overwrite }, async (write) => {
      let objects = 0
      let changes = 0
      await write(layout.head)
      for await (const page of pages(since)) {
        if (context.signal.aborted) throw new Cancelled()
        const counted = page.map((object) => object.changes.filter(({ change }) => profile.changes.includes(change)).length).filter(Boolean)
        await write(layout.rows(page))
        objects += counted.length
        changes += counted.reduce((sum, count) => sum + count, 0)
        context.count('written', counted.length)
      }
      await write(layout.tail)
      return { objects, changes }
    })
    return { file, since, records: filled.objects, ...filled }
  }

  return {
    profiles: async () => listed(await own()),
    async saveProfile(profile) {
      if (readyProfiles.some(({ name }) => name.toLowerCase() === profile.name.toLowerCase()))
        throw new AppError('changes.readyProfile', { name: profile.name })
      return keep([...(await own()).filter(({ name }) => name !== profile.name), profile])
    },
    removeProfile: async (name) => keep((await own()).filter((profile) => profile.name !== name)),
    async summary(asked) {
      const since = await from(asked)
      const counts = { added: 0, removed: 0, changed: 0 }
      const facets = perFacet(() => 0)
      let objects = 0
      for await (const page of pages(since)) {
        objects += page.length
        for (const { change, key } of page.flatMap((object) => object.changes)) {
          counts[change]++
          facets[termOf(vocabulary, key).facet]++
        }
      }
      return { since, objects, counts, facets }
    },
    runner: { kind: 'export', run }
  }
}
