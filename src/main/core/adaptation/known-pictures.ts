import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { fromHalf } from './half-precision.ts'
import type { Matrix } from './matrix.ts'

/** Name of the file, beside the encoder's. */
const file = 'known-pictures.json'

const schema = z.object({ prototypes: z.base64(), count: z.number().int(), threshold: z.number() })

/** What the base model's training pictures look like: the centres of their groups, and how near one a picture of theirs is. */
export interface KnownPictures {
  /** (groups, features), of length one. */
  readonly prototypes: Matrix
  /** Of pictures like those of the training, one in twenty is less similar than this to every group. */
  readonly threshold: number
}

export async function readKnownPictures(folder: string): Promise<KnownPictures> {
  const { prototypes, count, threshold } = schema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')))
  const values = fromHalf(Buffer.from(prototypes, 'base64'))
  return { prototypes: { rows: count, columns: values.length / count, values }, threshold }
}
