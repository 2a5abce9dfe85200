import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readOpening } from './opening.ts'

let root: string
const at = (...parts: string[]): string => join(root, ...parts)

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fitxa-opening-'))
  for (const folder of ['fotos/caixa 1', 'fotos/caixa 2', 'museu.fitxa']) await mkdir(at(folder), { recursive: true })
  for (const file of ['fotos/caixa 1/a.jpg', 'fotos/caixa 2/b.tif', 'museu.fitxa/catalogue.sqlite']) await writeFile(at(file), '')
})
afterAll(() => rm(root, { recursive: true }))

it('opens a catalogue, also by its database, and before anything else that came with it', async () => {
  const museum = { kind: 'catalogue', path: at('museu.fitxa') }
  expect(await readOpening([at('museu.fitxa')])).toEqual(museum)
  expect(await readOpening([at('museu.fitxa', 'catalogue.sqlite')])).toEqual(museum)
  expect(await readOpening([at('fotos'), at('museu.fitxa')])).toEqual(museum)
})

it('imports a folder whole, and of files exactly those', async () => {
  expect(await readOpening([at('fotos')])).toEqual({ kind: 'import', folder: at('fotos'), files: null })
  expect(await readOpening([at('fotos/caixa 1/a.jpg')])).toEqual({ kind: 'import', folder: at('fotos/caixa 1'), files: ['a.jpg'] })
  expect(await readOpening([at('fotos/caixa 1/a.jpg'), at('fotos/caixa 2/b.tif')])).toEqual({
    kind: 'import',
    folder: at('fotos'),
    files: ['caixa 1/a.jpg', 'caixa 2/b.tif']
  })
})

it('says which path is not there, and that several folders are imported by the one that holds them', async () => {
  await expect(readOpening([at('nowhere')])).rejects.toMatchObject({ code: 'folders.notFound', data: { path: at('nowhere') } })
  await expect(readOpening([at('fotos/caixa 1'), at('fotos/caixa 2')])).rejects.toMatchObject({
    code: 'folders.several',
    data: { folder: at('fotos') }
  })
})
