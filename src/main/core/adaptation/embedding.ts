import { AppError } from '../../../shared/errors.ts'
import type { Engine } from '../inference/engine.ts'
import { createEncoderEngine, type Encoder } from '../inference/encoder.ts'
import type { PictureRow } from '../inference/operations.ts'
import { pictureSource } from '../inference/picture-source.ts'
import type { Log } from '../log/log.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { toHalf } from './half-precision.ts'

/** Embeds pictures of the catalogue and stores the embeddings. */
export interface Embedding {
  /** Embeds the given pictures. One that cannot be read is skipped and logged. Returns the ids of those that were stored. */
  embed(pictures: readonly PictureRow[], options: { urgent: boolean; signal: AbortSignal }): Promise<number[]>
  close(): void
}

export function createEmbedding({
  catalogue,
  encoder,
  log
}: {
  readonly catalogue: Pick<Catalogue, 'write' | 'folder'>
  readonly encoder: Encoder
  readonly log: Log
}): Embedding {
  let engine: Promise<Engine> | null = null
  let closed = false
  const open = (): Promise<Engine> => {
    engine ??= createEncoderEngine(encoder, (detail) => log.warn({ detail }, 'encoder process ended'))
    return engine
  }
  return {
    async embed(pictures, { urgent, signal }) {
      const runner = await open()
      if (closed) runner.close()
      const rows = await Promise.all(
        pictures.map(async (picture) => {
          try {
            const { embedding } = await runner.predict(pictureSource(catalogue.folder, picture), { urgent, signal })
            return embedding === null ? null : { imageId: picture.imageId, vector: toHalf(embedding) }
          } catch (error) {
            if (!(error instanceof AppError) || error.code === 'inference.broken' || error.code === 'inference.closed') throw error
            log.warn({ image: picture.imageId, code: error.code, data: error.data }, 'picture not embedded')
            return null
          }
        })
      )
      const stored = rows.filter((row) => row !== null)
      if (stored.length > 0) await catalogue.write('storeEmbeddings', { encoder: encoder.sha256, rows: stored })
      return stored.map(({ imageId }) => imageId)
    },
    close() {
      closed = true
      void engine?.then(
        (runner) => runner.close(),
        () => undefined
      )
    }
  }
}
