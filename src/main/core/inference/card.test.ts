import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readBundle, type Bundle } from './bundle.ts'
import { readCard } from './card.ts'

const starter = join(import.meta.dirname, '../../../../resources/models/starter')

/** A copy of the starter bundle with another card, and files that its manifest lists beside its own. */
async function withCard(card: string, listed: Record<string, number> = {}): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'fitxa-card-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(starter, folder, { recursive: true })
  await writeFile(join(folder, 'card.md'), card)
  await writeFile(join(folder, 'secret.svg'), '<svg/>')
  for (const name of Object.keys(listed)) await writeFile(join(folder, name), '<svg/>')
  const { manifest, ...rest } = await readBundle(folder)
  const files = Object.fromEntries(Object.entries(listed).map(([name, bytes]) => [name, { sha256: '0'.repeat(64), bytes }]))
  return { ...rest, manifest: { ...manifest, files: { ...manifest.files, ...files } } }
}

it('brings the pictures that the card names and the manifest lists, and no other file', async () => {
  const bundle = await withCard('![a](plot.svg) ![b](secret.svg) ![c](../model.json) ![d](model.json) ![e](https://x.org/a.png)', {
    'plot.svg': 6,
    'unnamed.svg': 6
  })
  const { markdown, pictures } = await readCard(bundle, 'en')
  expect(markdown).toContain('![a](plot.svg)')
  expect(pictures).toEqual({ 'plot.svg': `data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}` })
})

it('leaves out pictures that are too large for a page, or missing', async () => {
  const bundle = await withCard('![a](large.svg) ![b](gone.png)', { 'large.svg': 5_000_000, 'gone.png': 6 })
  await rm(join(bundle.folder, 'gone.png'))
  expect((await readCard(bundle, 'en')).pictures).toEqual({})
})

it('comes in the wanted language, with its own plot, or in English where the bundle has no other', async () => {
  const catalan = await readCard(await readBundle(starter), 'ca')
  expect(catalan.language).toBe('ca')
  expect(catalan.markdown).toMatch(/^# Model inicial/)
  expect(Object.keys(catalan.pictures)).toEqual(['calibration.ca.svg'])
  const english = await readCard(await readBundle(starter), 'en')
  expect([english.language, Object.keys(english.pictures)]).toEqual(['en', ['calibration.svg']])
  const { manifest, ...rest } = await withCard('# Old')
  const files = Object.fromEntries(Object.entries(manifest.files).filter(([name]) => name !== 'card.ca.md'))
  expect(await readCard({ ...rest, manifest: { ...manifest, files } }, 'ca')).toMatchObject({ language: 'en', markdown: '# Old' })
})

it('says of a bundle without a card which file it lacks', async () => {
  const bundle = await withCard('')
  await rm(join(bundle.folder, 'card.md'))
  await expect(readCard(bundle, 'en')).rejects.toMatchObject({ code: 'bundle.noCard', data: { bundle: 'starter', file: 'card.md' } })
})
