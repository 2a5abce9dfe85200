import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { verifyFiles, type Bundle } from './bundle.ts'
import { Engine } from './engine.ts'
import type { Preprocessing } from './manifest.ts'

/** Name of the file that describes the program's encoder; scripts/setup/encoder.js downloads what it names. */
const aboutFile = 'encoder.json'

/** The process ends after this idle time. */
const idleMilliseconds = 60_000

const aboutSchema = z.object({
  file: z.string(),
  sha256: z.string(),
  bytes: z.number().int(),
  /** The mean of the embeddings, each of length one, over the base model's training pictures. */
  mean: z.array(z.number())
})

/** The whole picture squeezed into a square, with CLIP's mean and standard deviation (trainer: adaptation/encoder.py). */
const view: Preprocessing = {
  width: 224,
  height: 224,
  fit: 'fill',
  kernel: 'cubic',
  background: [255, 255, 255],
  mean: [0.48145466 * 255, 0.4578275 * 255, 0.40821073 * 255],
  std: [0.26862954 * 255, 0.26130258 * 255, 0.27577711 * 255],
  layout: 'NCHW',
  colour: 'srgb'
}

/** The image tower of CLIP ViT-B/16, with which pictures are embedded. */
export interface Encoder {
  readonly sha256: string
  /** See `aboutSchema`; one value per feature. */
  readonly mean: readonly number[]
  /** The encoder as a bundle without terms, so that the same process as for all networks runs it. */
  readonly bundle: Bundle
}

/** The encoder in the resources folder; null if it was not downloaded. A file of another size counts as missing. */
export async function findEncoder(folder: string): Promise<Encoder | null> {
  const text = await readFile(join(folder, aboutFile), 'utf8').catch(() => null)
  if (text === null) return null
  const about = aboutSchema.parse(JSON.parse(text))
  const found = await stat(join(folder, about.file)).catch(() => null)
  if (found?.isFile() !== true || found.size !== about.bytes) return null
  return { sha256: about.sha256, mean: about.mean, bundle: bundleOf(folder, about) }
}

/**
 * An engine that embeds pictures, one at a time: the encoder quantises over its whole input, so in a batch a picture's embedding would
 * depend on the others. It runs on the CPU, where every machine gives the same result. AppError `bundle.hash` if the file is another one.
 */
export async function createEncoderEngine({ bundle }: Encoder, onCrash: (detail: string) => void, entry?: string): Promise<Engine> {
  await verifyFiles(bundle)
  return new Engine({
    setup: { bundle, unknown: {} },
    providers: ['cpu'],
    idleMilliseconds,
    onCrash: (_, detail) => onCrash(detail),
    onFallback: () => undefined,
    ...(entry === undefined ? {} : { entry })
  })
}

function bundleOf(folder: string, { file, sha256, bytes, mean }: z.infer<typeof aboutSchema>): Bundle {
  return {
    folder,
    sha256,
    manifest: {
      schemaVersion: 1,
      id: 'encoder',
      version: sha256.slice(0, 8),
      created: '',
      title: { ca: 'Codificador', en: 'Encoder' },
      licence: { name: 'MIT', text: '' },
      trainerVersion: '',
      files: { [file]: { sha256, bytes } },
      preprocessing: view,
      members: [{ name: 'encoder', task: 'embedding', file, input: 'pixel_values', outputs: {}, activation: 'sigmoid' }],
      facets: {},
      selfTest: { image: '', expected: {}, tolerance: 1 },
      metrics: { test: {} },
      embedding: { output: 'image_embeds', features: mean.length }
    }
  }
}
