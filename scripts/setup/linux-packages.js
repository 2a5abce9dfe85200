import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { inRoot } from './paths.js'
import { runQuietly } from './process.js'
import { step } from './progress.js'

/** What Electron's program is linked against, in Debian's names from release 12 on. */
const dependencies = [
  'libgtk-3-0 | libgtk-3-0t64',
  'libnss3',
  'libasound2 | libasound2t64',
  'libgbm1',
  'libatspi2.0-0 | libatspi2.0-0t64',
  'libxss1',
  'libdrm2',
  'xdg-utils'
]

/** The start menu's entry. Folders can be opened with Fitxa, so a catalogue, which is one, can too. */
const desktopEntry = `[Desktop Entry]
Type=Application
Name=Fitxa
Comment=Describe photographed objects with the AAT
Comment[ca]=Descriu objectes fotografiats amb l'AAT
Exec=/opt/Fitxa/fitxa %F
Icon=fitxa
Categories=Graphics;
MimeType=inode/directory;
StartupWMClass=Fitxa
`

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`

/** The command line of the program, which needs no window: the core's own Node on the core's own files, wherever the program lies. */
const commandLine = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/resources/core/node/node" "$here/resources/core/out/main/cli.js" "$@"
`

/** Adds what a Linux program has beside what electron-builder packs. @param {string} program its folder */
export function completeProgram(program) {
  writeFileSync(join(program, 'fitxa-cli'), commandLine, { mode: 0o755 })
}

/** Bytes of all files below a folder. */
function sizeOf(folder) {
  let bytes = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    bytes += entry.isDirectory() ? sizeOf(path) : entry.isFile() ? statSync(path).size : 0
  }
  return bytes
}

/**
 * Packs the program for Debian and Ubuntu, as dpkg itself does it: electron-builder would download another packer.
 * @param {{ program: string, output: string, version: string, compression: 'xz' | 'none' }} of
 * @returns {Promise<string>} the package
 */
export async function makeDeb({ program, output, version, compression }) {
  const file = join(output, `fitxa_${version}_amd64.deb`)
  await step('Package for Debian', () => {
    const root = join(output, 'deb')
    const at = (...parts) => join(root, ...parts)
    for (const folder of [
      'DEBIAN',
      'opt',
      'usr/bin',
      'usr/share/applications',
      'usr/share/icons/hicolor/512x512/apps',
      'usr/share/doc/fitxa'
    ]) {
      mkdirSync(at(folder), { recursive: true })
    }
    cpSync(program, at('opt', 'Fitxa'), { recursive: true, verbatimSymlinks: true })
    // Where a system lets nobody but root make namespaces, Chromium's sandbox needs its helper as root's with this bit.
    chmodSync(at('opt', 'Fitxa', 'chrome-sandbox'), 0o4755)
    for (const name of ['fitxa', 'fitxa-cli']) symlinkSync(`/opt/Fitxa/${name}`, at('usr/bin', name))
    writeFileSync(at('usr/share/applications/fitxa.desktop'), desktopEntry)
    cpSync(inRoot('resources/icons/icon.png'), at('usr/share/icons/hicolor/512x512/apps/fitxa.png'))
    cpSync(join(program, 'resources', 'core', 'out', 'renderer', 'licences.txt'), at('usr/share/doc/fitxa/copyright'))
    const unpacked = sizeOf(at('opt'))
    writeFileSync(
      at('DEBIAN', 'control'),
      `Package: fitxa
Version: ${version}
Architecture: amd64
Maintainer: Fitxa
Installed-Size: ${Math.ceil(unpacked / 1024)}
Depends: ${dependencies.join(', ')}
Section: graphics
Priority: optional
Description: Describe photographed museum objects with terms of the Getty AAT
 Imports folders of photographs, suggests object types, materials, disciplines
 and subjects, and exports the reviewed records as CSV and LIDO. Works without
 a network.
`
    )
    runQuietly('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', root, file], {
      what: 'Packing',
      remedy: 'The program dpkg-deb makes this package; it comes with Debian.'
    })
    rmSync(root, { recursive: true })
    return `${basename(file)}, ${megabytes(statSync(file).size)}, ${megabytes(unpacked)} unpacked`
  })
  return file
}

/**
 * Packs the program to be unpacked anywhere.
 * @param {{ program: string, output: string, version: string }} of
 * @returns {Promise<string>} the archive
 */
export async function makeTarball({ program, output, version }) {
  const name = `fitxa-${version}-linux-x64`
  const file = join(output, `${name}.tar.gz`)
  await step('Portable archive', () => {
    runQuietly(
      'tar',
      [
        '--create',
        '--gzip',
        '--owner=0',
        '--group=0',
        '--numeric-owner',
        `--transform=s,^linux-unpacked,${name},`,
        `--file=${file}`,
        '-C',
        output,
        basename(program)
      ],
      { what: 'Packing', remedy: 'The program tar is needed.' }
    )
    return `${basename(file)}, ${megabytes(statSync(file).size)}`
  })
  return file
}
