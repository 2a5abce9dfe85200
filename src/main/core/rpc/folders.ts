import { listFolder } from '../folders/folders.ts'
import { methods } from './base.ts'

const { folders } = methods

export const foldersMethods = folders.router({
  list: folders.list.handler(({ input }) => listFolder(input.path))
})
