import { listBackups } from '../catalogue/catalogue.ts'
import { methods } from './base.ts'

const { backups } = methods

export const backupsMethods = backups.router({
  list: backups.list.handler(({ context, input }) => listBackups(input.path ?? context.desk.need().catalogue.folder)),
  make: backups.make.handler(({ context }) => context.desk.need().backups.make('manual')),
  setFolder: backups.setFolder.handler(async ({ context, input }) => {
    const { backups: ofCatalogue, catalogue } = context.desk.need()
    await ofCatalogue.setFolder(input.folder)
    return await listBackups(catalogue.folder)
  }),
  restore: backups.restore.handler(async ({ context, input }) => (await context.desk.restore(input.file, input.path)).summary())
})
