import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { fromHalf } from './half-precision.ts'
import type { Matrix } from './matrix.ts'

/** Name of the file, beside the encoder's. */
const file = 'known-pictures.json'

const schema = z.object({ prototypes: z.base64(), count: z.number().int(), threshold: z.number() })

/** Summary of the base model's training pictures: the centres of their clusters, and how close to one of them such a picture is. */
export interface KnownPictures {
  /** (groups, features), of length one. */
  readonly prototypes: Matrix
  /** One in twenty pictures like the training pictures is less similar than this to every centre. */
  readonly threshold: number
}

export async function readKnownPictures(folder: string): Promise<KnownPictures> {
  const { prototypes, count, threshold } = schema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')))
  const values = fromHalf(Buffer.from(prototypes, 'base64'))
  return { prototypes: { rows: count, columns: values.length / count, values }, threshold }
}
