import { join } from 'node:path'
import type * as runtimeModule from 'onnxruntime-node'
import type { InferenceSession, Tensor as TensorType } from 'onnxruntime-node'
import type { MemberScores } from '../../../shared/domain/ranking.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Facet } from '../../../shared/model/facet.ts'
import type { Bundle } from './bundle.ts'
import { facetTables, type Manifest, type Member, type Preprocessing } from './manifest.ts'
import { writeInput, type Pixels } from './preprocessing.ts'
import type { Provider } from './provider.ts'

type Runtime = typeof runtimeModule

/** What a network says of a picture; `embedding` is null for all but the picture encoder. */
export interface PictureOutput {
  readonly scores: FacetScores
  readonly embedding: Float32Array | null
}

/** One picture's probabilities: per facet the members that know it, each with a value per term in the manifest's order. */
export type FacetScores = Partial<Record<Facet, MemberScores[]>>

interface Result {
  readonly scores: FacetScores
  embedding: Float32Array | null
}

export interface NetworkOptions {
  readonly provider: Provider
  /** Threads that one run may use on the CPU. */
  readonly threads: number
  /** Pictures of one run. On a GPU every run has exactly this many (the last is padded), so that no kernel is tuned twice. */
  readonly batch: number
  readonly fixedBatch: boolean
}

/** Members that share a file and a preprocessing: one run of the file gives the outputs of all of them. */
interface Pass {
  readonly session: InferenceSession
  readonly input: string
  readonly view: number
  readonly members: readonly Member[]
  readonly pixels: Float32Array
  /** Feeds and preallocated outputs by number of pictures. */
  readonly buffers: Map<number, { feeds: Record<string, TensorType>; fetches: Record<string, TensorType> }>
}

/**
 * The sessions of a bundle on one device. onnxruntime blocks the thread that creates and runs a session, so this lives in
 * a thread of its own. A network's outputs are probabilities already (the activation is part of the exported graph).
 */
export class Network {
  readonly batch: number
  /** The ways in which members see a picture; a picture is loaded once for each. */
  readonly views: readonly Preprocessing[]
  private readonly runtime: Runtime
  private readonly manifest: Manifest
  private readonly passes: readonly Pass[]
  private readonly fixedBatch: boolean

  private constructor(runtime: Runtime, manifest: Manifest, views: Preprocessing[], passes: Pass[], batch: number, fixedBatch: boolean) {
    this.runtime = runtime
    this.manifest = manifest
    this.views = views
    this.passes = passes
    this.batch = batch
    this.fixedBatch = fixedBatch
  }

  /** Creates the sessions. AppError `bundle.unloadable`, `bundle.lacksTensor` or `bundle.shape`; a provider that fails throws onnxruntime's error. */
  static async load(runtime: Runtime, bundle: Bundle, options: NetworkOptions): Promise<Network> {
    const { manifest } = bundle
    const sessions = new Map<string, InferenceSession>()
    for (const { file } of manifest.members) {
      if (sessions.has(file)) continue
      sessions.set(file, await createSession(runtime, bundle, file, options))
    }
    const views = [...new Map(manifest.members.map((member) => [viewKey(member, manifest), viewOf(member, manifest)])).values()]
    const keys = views.map((view) => JSON.stringify(view))
    const groups = new Map<string, Member[]>()
    for (const member of manifest.members) {
      const key = `${member.file}\n${member.input}\n${viewKey(member, manifest)}`
      groups.set(key, [...(groups.get(key) ?? []), member])
    }
    let batch = options.batch
    let fixedBatch = options.fixedBatch
    for (const member of manifest.members) {
      const size = checkShapes(manifest, member, sessions.get(member.file) as InferenceSession)
      if (size !== null) [batch, fixedBatch] = [size, true]
    }
    const passes = [...groups.values()].map((members): Pass => {
      const first = members[0] as Member
      const { width, height } = viewOf(first, manifest)
      return {
        session: sessions.get(first.file) as InferenceSession,
        input: first.input,
        view: keys.indexOf(viewKey(first, manifest)),
        members,
        pixels: new Float32Array(batch * 3 * width * height),
        buffers: new Map()
      }
    })
    return new Network(runtime, manifest, views, passes, batch, fixedBatch)
  }

  /** Runs up to `batch` pictures, each given as its pixels per view. A picture for which a network gives no numbers gets null. */
  async run(pictures: readonly (readonly Pixels[])[]): Promise<(PictureOutput | null)[]> {
    const count = this.fixedBatch ? this.batch : pictures.length
    const results = pictures.map((): Result | null => ({ scores: {}, embedding: null }))
    for (const pass of this.passes) {
      const view = this.views[pass.view] as Preprocessing
      pictures.forEach((pixels, slot) => writeInput(pixels[pass.view] as Pixels, view, pass.pixels, slot))
      const { feeds, fetches } = this.buffersOf(pass, count)
      await pass.session.run(feeds, fetches)
      this.readOutputs(pass, fetches, results)
    }
    return results
  }

  async release(): Promise<void> {
    for (const session of new Set(this.passes.map((pass) => pass.session))) await session.release()
  }

  private buffersOf(pass: Pass, count: number): { feeds: Record<string, TensorType>; fetches: Record<string, TensorType> } {
    const known = pass.buffers.get(count)
    if (known) return known
    const { width, height } = this.views[pass.view] as Preprocessing
    const tensor = (data: Float32Array, dims: number[]): TensorType => new this.runtime.Tensor('float32', data, dims)
    const feeds = { [pass.input]: tensor(pass.pixels.subarray(0, count * 3 * width * height), [count, 3, height, width]) }
    const fetches: Record<string, TensorType> = {}
    const { embedding } = this.manifest
    if (embedding) fetches[embedding.output] = tensor(new Float32Array(count * embedding.features), [count, embedding.features])
    for (const member of pass.members) {
      for (const [facet, table] of facetTables(this.manifest)) {
        const output = member.outputs[facet]
        if (output) fetches[output] = tensor(new Float32Array(count * table.terms.length), [count, table.terms.length])
      }
    }
    const made = { feeds, fetches }
    pass.buffers.set(count, made)
    return made
  }

  private readOutputs(pass: Pass, fetches: Record<string, TensorType>, results: (Result | null)[]): void {
    const { embedding } = this.manifest
    if (embedding) {
      const data = (fetches[embedding.output] as TensorType).data as Float32Array
      results.forEach((result, slot) => {
        const values = data.slice(slot * embedding.features, (slot + 1) * embedding.features)
        if (!values.every(Number.isFinite)) results[slot] = null
        else if (result) result.embedding = values
      })
    }
    for (const member of pass.members) {
      for (const [facet, table] of facetTables(this.manifest)) {
        const output = member.outputs[facet]
        if (!output) continue
        const data = (fetches[output] as TensorType).data as Float32Array
        results.forEach((result, slot) => {
          const scores = data.slice(slot * table.terms.length, (slot + 1) * table.terms.length)
          if (!scores.every(Number.isFinite)) results[slot] = null
          else if (result) (result.scores[facet] ??= []).push({ name: member.name, activation: member.activation, scores })
        })
      }
    }
  }
}

function viewOf(member: Member, manifest: Manifest): Preprocessing {
  return member.preprocessing ?? manifest.preprocessing
}

function viewKey(member: Member, manifest: Manifest): string {
  return JSON.stringify(viewOf(member, manifest))
}

async function createSession(runtime: Runtime, bundle: Bundle, file: string, options: NetworkOptions): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(join(bundle.folder, file), {
      executionProviders: [options.provider],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3
    })
  } catch (cause) {
    if (options.provider !== 'cpu') throw cause
    throw new AppError('bundle.unloadable', { bundle: bundle.manifest.id, file }, cause)
  }
}

/**
 * Compares a session's inputs and outputs with what the manifest says of a member. Returns the number of pictures of a run
 * where the graph fixes it, else null. AppError `bundle.lacksTensor` or `bundle.shape` names the input or output.
 */
function checkShapes(manifest: Manifest, member: Member, session: InferenceSession): number | null {
  const { width, height } = viewOf(member, manifest)
  const data = { bundle: manifest.id, file: member.file }
  const differs = (name: string, found: string, expected: string): AppError =>
    new AppError('bundle.shape', { ...data, name, found, expected })
  const check = (metadata: readonly InferenceSession.ValueMetadata[], name: string, wanted: readonly number[]): number | null => {
    const value = metadata.find((candidate) => candidate.name === name)
    if (!value?.isTensor) throw new AppError('bundle.lacksTensor', { ...data, name })
    if (value.type !== 'float32') throw differs(name, value.type, 'float32')
    const [first, ...rest] = value.shape
    const fits = rest.length === wanted.length && rest.every((size, index) => typeof size !== 'number' || size === wanted[index])
    if (!fits) throw differs(name, value.shape.join(' x '), `n x ${wanted.join(' x ')}`)
    return typeof first === 'number' ? first : null
  }
  const { embedding } = manifest
  if (embedding) check(session.outputMetadata, embedding.output, [embedding.features])
  const batch = check(session.inputMetadata, member.input, [3, height, width])
  for (const [facet, table] of facetTables(manifest)) {
    const output = member.outputs[facet]
    if (output) check(session.outputMetadata, output, [table.terms.length])
  }
  return batch
}
