import type { BundleSummary } from '../../../../../shared/model/model.ts'
import type { Term } from '../../../../../shared/model/term.ts'
import type { TrainingEnvironment, TrainingSet, TrainingState } from '../../../../../shared/model/training.ts'

/** A trained model as tests need it, with what they say of it. */
export function bundle(part: Partial<BundleSummary> = {}): BundleSummary {
  return {
    id: 'starter',
    version: '1.0.0',
    path: '/models/starter',
    title: { ca: 'Model inicial', en: 'Starter model' },
    created: '2026-01-01T08:00:00Z',
    active: false,
    previous: false,
    source: 'trained',
    trained: null,
    terms: { objectTypes: 103 },
    metrics: { objectTypes: { rPrecision: 0.71, accAt1: 0.8, accAt10: 0.98, images: 200, ece: 0.02 } },
    problem: null,
    ...part
  }
}

export const term = (name: string): Term => ({
  key: `objectTypes/${name}`,
  facet: 'objectTypes',
  aatId: '300000000',
  labels: { ca: name, en: null },
  path: [{ ca: name, en: null }],
  assignable: true
})

/** A set of 40 pictures with one facet closed, in which two terms have enough pictures and two lack some. */
export const trainingSet: TrainingSet = {
  objects: 30,
  pictures: 40,
  facets: [
    {
      facet: 'objectTypes',
      closed: 30,
      pictures: 40,
      minimum: 10,
      trainable: 2,
      terms: [
        { term: term('plat'), pictures: 20, lacking: 0 },
        { term: term('gerro'), pictures: 12, lacking: 0 },
        { term: term('urna'), pictures: 9, lacking: 1 },
        { term: term('pitxell'), pictures: 2, lacking: 8 }
      ]
    }
  ],
  problem: null
}

export function environment(part: Partial<TrainingEnvironment> = {}): TrainingEnvironment {
  return {
    state: 'ready',
    own: true,
    python: '/data/python/bin/python',
    versions: { python: '3.11.2', torch: '2.13.0', trainer: '0.1.0' },
    device: { kind: 'cpu', name: 'CPU', memory: null },
    problem: null,
    ...part
  }
}

export function trainingState(part: Partial<TrainingState> = {}): TrainingState {
  return {
    jobId: 7,
    host: { kind: 'here' },
    connected: true,
    base: null,
    stage: 'train',
    done: 3,
    total: 25,
    epoch: 3,
    epochs: 25,
    imagesPerSecond: 40,
    secondsLeft: 600,
    curve: [],
    warnings: [],
    log: [],
    logFile: null,
    bundle: null,
    ...part
  }
}
