import { userInfo } from 'node:os'

/** Name of the account that runs this process; its number if it has no name, as in some containers. */
export function accountName(): string {
  try {
    return userInfo().username
  } catch {
    return `#${process.getuid?.() ?? ''}`
  }
}
