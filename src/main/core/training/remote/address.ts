import { AppError } from '../../../../shared/errors.ts'
import { sshTargetSchema } from '../../../../shared/model/training.ts'

/** A machine as ssh is to call it. What is null is left to the person's ssh_config. */
export interface Address {
  readonly user: string | null
  readonly host: string
  readonly port: number | null
  /** As the person wrote it, for sentences. */
  readonly text: string
}

const parts = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/i

/**
 * Reads `host`, `user@host`, `user@host:port` or the same as `ssh://…`; the host may be a Host alias of the person's ssh_config
 * or an IPv6 address in square brackets. AppError `remote.address`.
 */
export function parseAddress(text: string): Address {
  const target = text.trim()
  const found = sshTargetSchema.safeParse(target).success ? parts.exec(target) : null
  const host = found?.[2] ?? found?.[3]
  const port = found?.[4] === undefined ? null : Number(found[4])
  if (!found || host === undefined || (port !== null && (port < 1 || port > 65_535))) throw new AppError('remote.address', { target: text })
  return { user: found[1] ?? null, host, port, text: target }
}

/** The arguments that name the machine to ssh; they come last among ssh's own. */
export function addressArguments({ user, host, port }: Address): string[] {
  return [...(port === null ? [] : ['-p', String(port)]), ...(user === null ? [] : ['-l', user]), '--', host]
}
