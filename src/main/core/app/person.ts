import { accountName } from '../lib/account-name.ts'
import { authorName, type SettingsStore } from '../settings/settings.ts'

/** The name under which decisions are stored: from the settings, else the account name. */
export function currentAuthor(settings: SettingsStore): string {
  return authorName(settings.get(), accountName())
}
