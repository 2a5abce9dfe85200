/**
 * Sets apostrophes as printers do (l’objecte, the catalogue’s). The files hold the straight one, which every keyboard has. An
 * apostrophe counts between a letter or digit and what a word can begin with: quotes of messages (`{'@'}`) and of commands stay.
 */
export function typeset(text: string): string {
  return text.replace(/(?<=[\p{L}\d])'(?=[\p{L}\d{«“])/gu, '’')
}
