import { findEncoder } from '../inference/encoder.ts'
import { readKnownPictures } from './known-pictures.ts'
import type { LearningParts } from './learning.ts'

/** The files needed to learn from decisions, from the resources folder; null if the encoder was not downloaded, or FITXA_ENCODER is `off`. */
export async function findLearningParts(folder: string): Promise<LearningParts | null> {
  const encoder = process.env['FITXA_ENCODER'] === 'off' ? null : await findEncoder(folder)
  return encoder === null ? null : { encoder, known: await readKnownPictures(folder) }
}
