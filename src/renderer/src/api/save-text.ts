import { downloadUrl } from './media.ts'

/** Saves a text as a file of this name: a download in a browser, the system's dialog in the desktop shell. */
export function saveText(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The URL must outlive the click: the browser reads it after this task.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** Lets the person save a file of the catalogue's folder of exports, as `saveText` does. */
export function saveDownload(name: string): void {
  const link = document.createElement('a')
  link.href = downloadUrl(name)
  link.download = name
  link.click()
}
