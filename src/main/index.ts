import { app } from 'electron'
import { join } from 'node:path'
import { sentence } from '../shared/locales/errors.ts'
import { dataFolder, savedLanguage } from './data-folder.ts'
import { startDesktop } from './electron/desktop.ts'
import { launchPaths } from './electron/launch.ts'

const folder = dataFolder()
// The profile of the window, and with it the lock of the single instance, belongs to the data it shows.
app.setPath('userData', join(folder, 'window'))
const paths = launchPaths({ argv: process.argv, defaultApp: process.defaultApp === true, folder: process.cwd() })

if (app.requestSingleInstanceLock({ paths })) startDesktop({ dataFolder: folder, paths })
else {
  const language = (await savedLanguage(folder)) ?? (app.getLocale().startsWith('en') ? 'en' : 'ca')
  process.stderr.write(`${sentence(language, 'shell.alreadyOpen', { folder })}\n`)
  app.quit()
}
