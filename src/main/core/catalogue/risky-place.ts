import { readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { hasEntry } from '../lib/exists.ts'

/** Linux file systems that lie on another machine, as /proc/self/mounts names them. */
const networkTypes = new Set([
  'nfs',
  'nfs4',
  'cifs',
  'smb3',
  'smbfs',
  'ncpfs',
  'afs',
  'ceph',
  'davfs',
  'fuse.sshfs',
  'fuse.rclone',
  'fuse.davfs2',
  'fuse.gvfsd-fuse',
  'fuse.smbnetfs'
])

/** Services that synchronise a folder, by the names of the folders that they make. */
const syncedFolders: readonly (readonly [RegExp, string])[] = [
  [/^Dropbox( \(.+\))?$/i, 'Dropbox'],
  [/^OneDrive( - .+)?$|^OneDrive-.+$/i, 'OneDrive'],
  [/^Google ?Drive$|^GoogleDrive-.+$|^DriveFS$/i, 'Google Drive'],
  [/^Nextcloud\d*$|^Nextcloud-.+$/i, 'Nextcloud'],
  [/^ownCloud\d*$|^ownCloud-.+$/i, 'ownCloud'],
  [/^com~apple~CloudDocs$|^iCloud ?Drive$/i, 'iCloud Drive']
]

/** The same by a file or folder that they keep in what they synchronise, whatever that is called. */
const syncMarkers: readonly (readonly [string, string])[] = [
  ['.dropbox.cache', 'Dropbox'],
  ['.nextcloudsync.log', 'Nextcloud'],
  ['.owncloudsync.log', 'ownCloud'],
  ['.tmp.drivedownload', 'Google Drive'],
  ['.stfolder', 'Syncthing']
]

/**
 * Why a catalogue should not lie where it does; null where nothing is known against it. SQLite needs locks that network file systems
 * do not keep, and a service that synchronises copies the database while it is written.
 *
 * @returns `catalogue.onNetwork` or `catalogue.synchronised`
 */
export async function riskOfPlace(folder: string): Promise<AppError | null> {
  const path = await realpath(folder).catch(() => resolve(folder))
  const mounts = process.platform === 'linux' ? await readFile('/proc/self/mounts', 'utf8').catch(() => '') : ''
  const network = networkOf(path, mounts)
  if (network !== null) return new AppError('catalogue.onNetwork', { folder, type: network })
  const service = await serviceOf(path)
  return service === null ? null : new AppError('catalogue.synchronised', { folder, service })
}

/** The kind of network file system that holds a path, by a list of mounts as in /proc/self/mounts; null for a disk of this machine. */
export function networkOf(path: string, mounts: string): string | null {
  // A Windows share by its address. One with a drive letter looks like a disk.
  if (/^(\\\\|\/\/)(?![?.][\\/])/.test(path)) return 'SMB'
  let deepest = ''
  let type = ''
  for (const line of mounts.split('\n')) {
    const [, point = '', kind = ''] = line.split(' ')
    const mount = point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
    const holds = mount === '/' || path === mount || path.startsWith(`${mount}/`)
    // Of two mounts at one place the later one is seen.
    if (mount !== '' && holds && mount.length >= deepest.length) [deepest, type] = [mount, kind]
  }
  return networkTypes.has(type) ? type : null
}

/** The service that synchronises a folder or one around it; null for none. */
async function serviceOf(path: string): Promise<string | null> {
  for (let at = path; ; at = dirname(at)) {
    const named = syncedFolders.find(([name]) => name.test(basename(at)))
    if (named !== undefined) return named[1]
    for (const [marker, service] of syncMarkers) if (await hasEntry(join(at, marker))) return service
    if (dirname(at) === at) return null
  }
}
