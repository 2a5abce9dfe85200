import type { Socket } from 'node:net'

/** What is known of the client of a connection: nothing yet, that it has the session's cookie, or that it has its key too. */
export type Standing = 'stranger' | 'visitor' | 'owner'

/** The open connections of the loopback port. */
export interface Connections {
  /** Adds a new connection, as a stranger. */
  add(socket: Socket): void
  /** Notes what a request on a connection has proved. A connection is never downgraded. */
  promote(socket: Socket, standing: Exclude<Standing, 'stranger'>): void
}

/**
 * Holds at most `limit` connections of strangers and as many of visitors; a new one ends the oldest of its kind. Connections of
 * the owner are neither counted nor ended. A limit for all connections would do the opposite: whoever holds enough of them
 * open, idle, would shut the owner out.
 */
export function createConnections(limit: number): Connections {
  // Sets keep insertion order: the first is the oldest.
  const waiting = { stranger: new Set<Socket>(), visitor: new Set<Socket>() }
  const owners = new WeakSet<Socket>()
  const admit = (socket: Socket, standing: keyof typeof waiting): void => {
    const among = waiting[standing]
    if (socket.destroyed || among.has(socket)) return
    among.add(socket)
    const [oldest] = among
    if (among.size > limit && oldest !== undefined) {
      among.delete(oldest)
      oldest.destroy()
    }
  }
  return {
    add(socket) {
      admit(socket, 'stranger')
      socket.once('close', () => {
        waiting.stranger.delete(socket)
        waiting.visitor.delete(socket)
      })
    },
    promote(socket, standing) {
      if (owners.has(socket)) return
      waiting.stranger.delete(socket)
      if (standing === 'visitor') return admit(socket, 'visitor')
      waiting.visitor.delete(socket)
      owners.add(socket)
    }
  }
}
