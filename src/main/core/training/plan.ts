import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { bundleReferenceSchema } from '../../../shared/model/model.ts'
import { trainingOptionsSchema, trainingHostSchema, trainingRequestSchema, type TrainingRequest } from '../../../shared/model/training.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import { writeJsonFile } from '../lib/json-file.ts'

const planSchema = z.object({
  name: z.string(),
  host: trainingHostSchema,
  base: bundleReferenceSchema,
  options: trainingOptionsSchema,
  id: z.string(),
  version: z.string(),
  title: z.object({ ca: z.string(), en: z.string() }),
  createdAt: z.string()
})

/** The plan of a training. It never changes, so a resumed training is the same training. */
export type TrainingPlan = z.infer<typeof planSchema>

/** Where the parts of a training lie: `<catalogue>/training/<job id>/`. */
export interface TrainingPaths {
  readonly folder: string
  readonly plan: string
  readonly state: string
  readonly log: string
  readonly data: string
  readonly run: string
  readonly bundle: string
}

export function trainingPaths(catalogueFolder: string, jobId: number): TrainingPaths {
  const folder = join(cataloguePaths(catalogueFolder).training, String(jobId))
  return {
    folder,
    plan: join(folder, 'plan.json'),
    state: join(folder, 'state.json'),
    log: join(folder, 'log.txt'),
    data: join(folder, 'data'),
    run: join(folder, 'run'),
    bundle: join(folder, 'bundle')
  }
}

/** The plan of a training; null if it was not begun. */
export async function readPlan(paths: Pick<TrainingPaths, 'plan'>): Promise<TrainingPlan | null> {
  try {
    return planSchema.parse(JSON.parse(await readFile(paths.plan, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Inputs of a new plan besides the request. */
export interface PlanGround {
  readonly catalogueFolder: string
  readonly catalogueName: string
  /** The bundle to start from. */
  readonly base: { readonly id: string; readonly version: string }
  /** Bundles of this machine, whose names are taken. `shipped` ones have ids that are nobody else's. */
  readonly bundles: readonly { readonly id: string; readonly version: string; readonly source: 'shipped' | 'trained' }[]
}

/**
 * Plans a training and stores the plan. The new bundle is named after the catalogue; its version is the next whole number
 * after those of all bundles of this name and of all trainings of this catalogue.
 */
export async function makePlan(paths: TrainingPaths, request: TrainingRequest, ground: PlanGround): Promise<TrainingPlan> {
  const { host, title, options } = trainingRequestSchema.parse(request)
  const shipped = ground.bundles.some((bundle) => bundle.source === 'shipped' && bundle.id === bundleId(ground.catalogueName))
  const id = bundleId(ground.catalogueName) + (shipped ? '-trained' : '')
  const planned = await otherPlans(ground.catalogueFolder)
  const taken = [...ground.bundles, ...planned].filter((other) => other.id === id).map(({ version }) => Number.parseInt(version, 10) || 0)
  const plan: TrainingPlan = {
    name: `${id}-${randomBytes(6).toString('hex')}`,
    host,
    base: ground.base,
    options,
    id,
    version: `${Math.max(0, ...taken) + 1}.0.0`,
    title: { ca: title ?? ground.catalogueName, en: title ?? ground.catalogueName },
    createdAt: new Date().toISOString()
  }
  await mkdir(paths.folder, { recursive: true })
  await writeJsonFile(paths.plan, plan)
  return plan
}

async function otherPlans(catalogueFolder: string): Promise<TrainingPlan[]> {
  const folder = cataloguePaths(catalogueFolder).training
  const names = await readdir(folder).catch(() => [])
  const plans = await Promise.all(names.map((name) => readPlan({ plan: join(folder, name, 'plan.json') }).catch(() => null)))
  return plans.filter((plan) => plan !== null)
}

/** A name as the id of a bundle: letters without accents, digits and hyphens. */
export function bundleId(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return plain === '' ? 'catalogue' : plain
}
