import { expect, it } from 'vitest'
import configuration from '../../electron-builder.ts'
import packageJson from '../../package.json' with { type: 'json' }

it('burns every fuse that the checklist names', () => {
  expect(configuration.electronFuses).toEqual({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableCookieEncryption: true,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false
  })
})

it('packages a per-user installer and a portable program for Windows, AppImage and deb for Linux, a disk image for macOS', () => {
  expect([configuration.win, configuration.linux, configuration.mac].map((os) => os?.target)).toEqual([
    ['nsis', 'portable', 'zip'],
    ['AppImage', 'deb'],
    ['dmg', 'zip']
  ])
  expect([configuration.nsis?.perMachine, configuration.nsis?.allowElevation]).toEqual([false, false])
})

it('keeps the core outside the archive and builds nothing natively', () => {
  expect(configuration.extraResources).toEqual([{ from: 'dist', to: '.', filter: ['core/**/*'] }])
  expect(configuration.files).toContain('!node_modules/**')
  expect([configuration.npmRebuild, configuration.nodeGypRebuild]).toEqual([false, false])
})

it('packages the Electron that the lock file names, and natives are dependencies of the core only', () => {
  expect(packageJson.devDependencies.electron).toBe(configuration.electronVersion)
  for (const native of ['better-sqlite3', 'sharp', 'onnxruntime-node']) expect(Object.keys(packageJson.dependencies)).toContain(native)
})
