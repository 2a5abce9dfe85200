import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Cancelled } from '../../../shared/errors.ts'
import { scanFolder, type ScannedFile } from './scan.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'fitxa-scan-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), name)
  }
}

async function scan(below?: string): Promise<{ files: ScannedFile[]; keys: string[]; ignored: number }> {
  const files: ScannedFile[] = []
  const { ignored } = await scanFolder(folder, { below, details: true, signal: null }, (found) => void files.push(...found))
  return { files, keys: files.map(({ key }) => key), ignored }
}

describe('a scan', () => {
  it('lists pictures of all folders in the order of names, and counts the other files', async () => {
    put('b.jpg', 'a.TIFF', 'c/1.png', 'c/d/2.webp', 'notes.txt', 'c/list.xlsx', 'camera.nef')
    const { keys, ignored, files } = await scan()
    expect(keys).toEqual(['a.TIFF', 'b.jpg', 'camera.nef', 'c/1.png', 'c/d/2.webp'])
    expect(ignored).toBe(2)
    expect(files[0]).toMatchObject({ bytes: 6, refused: null })
    expect(files[0]?.modified).toBeGreaterThan(1e12)
  })

  it('ignores system files and catalogues', async () => {
    put(
      'Thumbs.db',
      '.DS_Store',
      '._a.jpg',
      '.hidden.jpg',
      'desktop.ini',
      'a.jpg',
      '.git/x.jpg',
      '@eaDir/y.jpg',
      'my.fitxa/thumbnails/z.jpg'
    )
    expect(await scan()).toMatchObject({ keys: ['a.jpg'], ignored: 5 })
  })

  it('judges files without an ending by their first bytes', async () => {
    writeFileSync(join(folder, 'scan 12'), Buffer.from([0xff, 0xd8, 0xff, 0xe0]))
    writeFileSync(join(folder, '1999.12.3'), Buffer.from('GIF89a'))
    put('README')
    expect(await scan()).toMatchObject({ keys: ['1999.12.3', 'scan 12'], ignored: 1 })
  })

  it('follows links, enters each folder once, and names a link that leads nowhere', async () => {
    put('a/1.jpg')
    symlinkSync(folder, join(folder, 'a', 'up'))
    symlinkSync(join(folder, 'a'), join(folder, 'b'))
    symlinkSync(join(folder, 'a', '1.jpg'), join(folder, 'link.jpg'))
    symlinkSync('loop.jpg', join(folder, 'loop.jpg'))
    symlinkSync('nowhere', join(folder, 'broken.jpg'))
    const { keys, files } = await scan()
    expect(keys).toEqual(['broken.jpg', 'link.jpg', 'loop.jpg', 'a/1.jpg'])
    expect(files.map(({ refused }) => refused?.code ?? null)).toEqual(['import.vanished', null, 'import.linkLoop', null])
  })

  it.skipIf(process.platform !== 'linux')('names files and folders whose names are not UTF-8, and no two alike', async () => {
    const bytes = (...parts: (string | number)[]): Buffer =>
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))))
    put('a.jpg', 'b.jpg', 'c/1.jpg')
    renameSync(join(folder, 'a.jpg'), bytes(`${folder}/foto `, 0xe9, '.jpg'))
    renameSync(join(folder, 'b.jpg'), bytes(`${folder}/foto `, 0xe8, '.jpg'))
    renameSync(join(folder, 'c'), bytes(`${folder}/carpeta `, 0xe7))
    const { files } = await scan()
    expect(files.map(({ key, refused }) => [key, refused?.code])).toEqual([
      ['carpeta \\xE7/', 'import.folderName'],
      ['foto \\xE8.jpg', 'import.nameEncoding'],
      ['foto \\xE9.jpg', 'import.nameEncoding']
    ])
  })

  it.skipIf(process.platform !== 'linux')('reports a file whose bytes read like the name of another one, and that one too', async () => {
    put('a\\xE9.jpg', 'b.jpg')
    renameSync(join(folder, 'b.jpg'), Buffer.concat([Buffer.from(`${folder}/a`), Buffer.from([0xe9]), Buffer.from('.jpg')]))
    const { files } = await scan()
    expect(files.map(({ key, refused }) => [key, refused?.code ?? null])).toEqual([
      ['a\\xE9.jpg', null],
      ['[bytes] a\\xE9.jpg', 'import.nameEncoding']
    ])
  })

  it.skipIf(process.platform === 'win32')('never opens anything but regular files', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.jpg'), join(folder, 'pipe')])
    put('a.jpg')
    expect(await scan()).toMatchObject({ keys: ['a.jpg'], ignored: 2 })
  })

  it('walks deep trees and wide folders, and hands over portions', async () => {
    put(...Array.from({ length: 1200 }, (_, index) => `wide/${index}.jpg`), `${'deep/'.repeat(60)}x.jpg`)
    const portions: number[] = []
    await scanFolder(folder, { details: true, signal: null }, (files) => void portions.push(files.length))
    expect(portions.length).toBeGreaterThan(2)
    expect(portions.reduce((sum, n) => sum + n, 0)).toBe(1201)
  })

  it('starts below the folder when asked to, and stops when asked to', async () => {
    put('a/1.jpg', 'b/2.jpg')
    expect((await scan('b')).keys).toEqual(['b/2.jpg'])
    const signal = AbortSignal.abort()
    await expect(scanFolder(folder, { details: true, signal }, () => undefined)).rejects.toBeInstanceOf(Cancelled)
  })

  it('says that the folder is not there', async () => {
    rmSync(folder, { recursive: true })
    await expect(scan()).rejects.toMatchObject({ code: 'import.folderNotFound', data: { folder } })
  })
})
