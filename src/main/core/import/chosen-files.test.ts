import { expect, it, onTestFinished } from 'vitest'
import { createMedia } from '../media/media.ts'
import { quartersPicture } from '../media/pictures.fixture.ts'
import { openWorkbench } from './workbench.fixture.ts'

it('imports only the files that were chosen of a folder, and tries the pattern on those', async () => {
  const media = createMedia({ threads: 2 })
  const bench = await openWorkbench(media)
  onTestFinished(async () => {
    await bench.close()
    await media.close()
  })
  for (const [index, name] of ['A1.png', 'A2.png', 'sub/A3.png'].entries()) {
    bench.put(
      name,
      await quartersPicture(40 + index, 40)
        .png()
        .toBuffer()
    )
  }
  const files = ['A1.png', 'sub/A3.png', 'gone.png']
  expect(await bench.imports.tryPattern(bench.photos, '{num}', false, files)).toMatchObject({ files: 3, matched: 2, objects: 3 })
  const { jobId, result } = await bench.run({ files, pattern: '{num}' })
  expect(result).toMatchObject({ taken: 2, refused: 1 })
  const { items } = await bench.imports.report({ jobId, state: 'taken', after: null, limit: 10 })
  expect(items.map(({ inventoryNumber }) => inventoryNumber)).toEqual(['A1', 'A3'])
})
