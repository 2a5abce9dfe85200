import type { Configuration } from 'electron-builder'

/**
 * Packages of the desktop app. The archive holds the shell alone; the core lies beside it as plain files with a Node of its
 * own (`dist/core`, made by scripts/package-core.js), because plain Node cannot read an archive and sharp cannot run inside Electron on Linux.
 */
const configuration: Configuration = {
  appId: 'cat.fitxa.app',
  productName: 'Fitxa',
  electronVersion: '45.4.1',
  directories: { output: 'dist/packages', buildResources: 'resources/icons' },
  files: ['package.json', 'out/main/**', 'out/preload/**', '!node_modules/**', '!**/*.map'],
  // From one folder up: the packager leaves out a node_modules that lies at the root of what it copies.
  extraResources: [{ from: 'dist', to: '.', filter: ['core/**/*'] }],
  asar: true,
  electronLanguages: ['ca', 'en-US', 'en-GB', 'es'],
  executableName: 'fitxa',
  npmRebuild: false,
  nodeGypRebuild: false,
  // SECURITY: what the packaged binary can no longer be talked into; see docs/security.md for how to read the fuses back.
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableCookieEncryption: true,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false
  },
  win: { target: ['nsis', 'portable', 'zip'], icon: 'resources/icons/icon.png' },
  nsis: { oneClick: true, perMachine: false, allowElevation: false, deleteAppDataOnUninstall: false },
  portable: { requestExecutionLevel: 'user' },
  linux: {
    target: ['AppImage', 'deb'],
    category: 'Graphics',
    icon: 'resources/icons/icon.png',
    maintainer: 'Fitxa',
    synopsis: 'Describe photographed objects with the AAT'
  },
  mac: { target: ['dmg', 'zip'], category: 'public.app-category.graphics-design', icon: 'resources/icons/icon.png', hardenedRuntime: true }
}

export default configuration
