/** Particles of Catalan and Spanish names, which give no initial. */
const small = new Set(['de', 'del', 'dels', 'la', 'les', 'el', 'els', 'i', 'y', 'los', 'las', 'von', 'van'])

/** Initials of a name: "Maria Puig i Serra" gives MPS. At most four. */
export function initialsOf(name: string): string {
  return name
    .trim()
    .split(/[\s-]+/)
    .filter((word) => word !== '' && !small.has(word.toLowerCase()))
    .map((word) => [...word.replace(/^[dl]['’]/i, '')][0]?.toUpperCase() ?? '')
    .join('')
    .slice(0, 4)
}
