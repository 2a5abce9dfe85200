import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { testCore } from '../core.fixture.ts'
import { temporaryFolder } from './catalogue.fixture.ts'
import { networkOf, riskOfPlace } from './risky-place.ts'

const mounts = [
  '/dev/sda1 / ext4 rw 0 0',
  'server:/export /mnt/museum\\040share nfs4 rw 0 0',
  '//nas/photos /mnt/photos cifs rw 0 0',
  '/dev/sdb1 /mnt/photos/disk ext4 rw 0 0',
  'me@host: /home/me/remote fuse.sshfs rw 0 0',
  '/dev/sdc1 /home/me/usb fuseblk rw 0 0'
].join('\n')

it.each([
  ['/mnt/museum share/C.fitxa', 'nfs4'],
  ['/mnt/photos', 'cifs'],
  ['/home/me/remote/a/C.fitxa', 'fuse.sshfs'],
  ['\\\\nas\\photos\\C.fitxa', 'SMB'],
  ['/mnt/photos/disk/C.fitxa', null],
  ['/mnt/photoshoot/C.fitxa', null],
  ['/home/me/usb/C.fitxa', null],
  ['\\\\?\\C:\\photos\\C.fitxa', null]
])('recognises a network share by its mount: %s', (path, type) => {
  expect(networkOf(path, mounts)).toBe(type)
})

it.each([
  ['Dropbox', 'Dropbox'],
  ['Dropbox (Museum)', 'Dropbox'],
  ['OneDrive - Museum', 'OneDrive'],
  ['GoogleDrive-me@example.org', 'Google Drive'],
  ['Nextcloud', 'Nextcloud'],
  ['com~apple~CloudDocs', 'iCloud Drive']
])('recognises a folder that is synchronised by its name: %s', async (name, service) => {
  const folder = join(temporaryFolder(), name, 'catalogues')
  mkdirSync(folder, { recursive: true })
  expect(await riskOfPlace(folder)).toMatchObject({ code: 'catalogue.synchronised', data: { folder, service } })
})

it('recognises one by what the service keeps in it, and takes no other folder for one', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'The Dropbox papers', 'inner'), { recursive: true })
  expect(await riskOfPlace(join(folder, 'The Dropbox papers', 'inner'))).toBeNull()
  writeFileSync(join(folder, '.nextcloudsync.log'), '')
  expect(await riskOfPlace(join(folder, 'The Dropbox papers', 'inner'))).toMatchObject({ data: { service: 'Nextcloud' } })
})

it('says it of the catalogue that is opened', async () => {
  const folder = temporaryFolder()
  const synced = join(folder, 'OneDrive')
  mkdirSync(synced)
  const { core, events } = await testCore(folder)
  const risk = { code: 'catalogue.synchronised', data: { service: 'OneDrive' } }
  expect(await core.call.catalogue.create({ folder: synced, name: 'C' })).toMatchObject({ risk })
  expect(events.find(({ type }) => type === 'catalogue')).toMatchObject({ catalogue: { risk } })
  expect(await core.call.catalogue.create({ folder, name: 'D' })).not.toHaveProperty('risk')
})
