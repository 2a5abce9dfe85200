import { AppError } from '../../../shared/errors.ts'
import type { ErrorCode } from '../../../shared/locales/error-tables.ts'

/** The error code for a file system error; `file` is the path as the person knows it. */
export function fileProblem(error: unknown, file: string): AppError {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? ''
  return new AppError(fileCodes[code] ?? 'import.unreadable', { file, detail: code === '' ? String(error) : code }, error)
}

const fileCodes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'import.vanished',
  ENOTDIR: 'import.vanished',
  ESTALE: 'import.vanished',
  EACCES: 'import.denied',
  EPERM: 'import.denied',
  EBUSY: 'import.busy',
  ENAMETOOLONG: 'import.pathTooLong',
  ELOOP: 'import.linkLoop',
  EIO: 'import.readError',
  NOT_REGULAR: 'import.notFile'
}

/** The error for a failed write into the catalogue's folder; the picture is never at fault. */
export function storeProblem(error: unknown, folder: string): AppError {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? ''
  return new AppError(storeCodes[code] ?? 'catalogue.disk', { folder }, error)
}

const storeCodes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'catalogue.diskFull',
  EDQUOT: 'catalogue.diskFull',
  EACCES: 'catalogue.readOnly',
  EPERM: 'catalogue.readOnly',
  EROFS: 'catalogue.readOnly'
}

/** Whether an error is about the catalogue's folder, so that no further file can be taken either. */
export function isStoreProblem(error: unknown): boolean {
  return error instanceof AppError && error.code.startsWith('catalogue.')
}
