/** What a file seems to be by its name; its content decides later. */
export type NamePromise = 'picture' | 'unsaid' | 'other' | 'system'

/** Extensions of pictures: supported ones, and those that a person would miss in the report if they were ignored. */
const pictureEndings =
  /\.(jpe?g|jpe|jfif|png|tiff?|webp|avif|gif|heic|heif|hif|bmp|dib|jp2|j2k|jpf|jpx|jxl|psd|psb|cr2|cr3|nef|nrw|arw|srf|sr2|dng|orf|rw2|raf|pef|srw|x3f|3fr|fff|iiq)$/i

/** Files and folders that systems and programs create for themselves. */
const systemNames = /^(thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r|@eadir|\$recycle\.bin|system volume information|lost\+found|__macosx)$/i

/** Says what to do with a name: names with a dot in front (`.DS_Store`, `._IMG_1.jpg`) belong to the system. */
export function promiseOf(name: string): NamePromise {
  if (name.startsWith('.') || name.startsWith('~$') || systemNames.test(name)) return 'system'
  if (pictureEndings.test(name)) return 'picture'
  return /\.[^.\s]{1,8}$/.test(name) && !/\.\d+$/.test(name) ? 'other' : 'unsaid'
}
