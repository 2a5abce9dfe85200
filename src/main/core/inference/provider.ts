/** Execution providers of onnxruntime that Fitxa uses, by their names there. */
export type Provider = 'cpu' | 'cuda' | 'dml' | 'coreml' | 'webgpu'
