import { userInfo } from 'node:os'
import { authorName, type SettingsStore } from '../settings/settings.ts'

/** The name under which decisions are stored: from the settings, else the account name. */
export function currentAuthor(settings: SettingsStore): string {
  return authorName(settings.get(), accountName())
}

function accountName(): string {
  try {
    return userInfo().username
  } catch {
    // A user id without an account (some containers) has no name.
    return `#${process.getuid?.() ?? ''}`
  }
}
