import { listFolder, makeFolder } from '../folders/folders.ts'
import { readOpening } from '../folders/opening.ts'
import { methods } from './base.ts'

const { folders } = methods

export const foldersMethods = folders.router({
  list: folders.list.handler(({ input }) => listFolder(input.path)),
  make: folders.make.handler(({ input }) => makeFolder(input.parent, input.name)),
  opening: folders.opening.handler(({ input }) => readOpening(input.paths))
})
