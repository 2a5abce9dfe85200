/**
 * Progress of the set-up, one line a step on stderr: stdout belongs to the program that is started afterwards.
 */

/** An expected error of the set-up, whose message is shown as it is. */
export class SetupError extends Error {}

/** A reason why this machine cannot run something that others can: a suite that needs it is left out, and nothing has failed. */
export class CannotRunHere extends SetupError {}

/**
 * Prepares what only some machines have. Whatever keeps it from that is a reason to leave out what needs it.
 * @template T
 * @param {() => Promise<T>} prepare
 * @returns {Promise<T>}
 * @throws CannotRunHere
 */
export async function orCannotRun(prepare) {
  try {
    return await prepare()
  } catch (error) {
    if (error instanceof SetupError) throw new CannotRunHere(error.message)
    throw error
  }
}

/**
 * Runs one step and prints its outcome. `work` returns a few words for the line (`already there`, a version).
 * @template T
 * @param {string} name
 * @param {() => Promise<string> | string} work
 */
export async function step(name, work) {
  const start = Date.now()
  process.stderr.write(`• ${name} … `)
  try {
    const outcome = await work()
    process.stderr.write(`${outcome} (${((Date.now() - start) / 1000).toFixed(1)} s)\n`)
  } catch (error) {
    process.stderr.write('failed\n')
    throw error
  }
}

/**
 * Runs a script's main function; a SetupError becomes its sentence and exit code 1, anything else is a bug and keeps its trace.
 * @param {() => Promise<number | void>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? process.exitCode
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    process.stderr.write(`\n${error.message}\n`)
    process.exitCode = 1
  }
}
