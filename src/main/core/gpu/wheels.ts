/** A library in a wheel: its path there, and its size in bytes. */
export interface WheelLibrary {
  readonly path: string
  readonly bytes: number
}

/** A file of the Python package index, pinned, and the libraries that are taken from it. */
export interface Wheel {
  readonly requirement: string
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  readonly libraries: readonly WheelLibrary[]
}

/** The version of onnxruntime-node that the provider belongs to: no other version loads it. */
export const runtimeVersion = '1.30.0'

/** Oldest driver of NVIDIA that runs CUDA 13 (CUDA Toolkit release notes, table of driver versions). */
export const oldestDriver = 580

const cuda = 'nvidia/cu13/lib'
const cudnn = 'nvidia/cudnn/lib'

/**
 * What the CUDA provider loads on Linux, x86-64: what `readelf -d` names as needed (cuBLAS, cuRAND, the runtime), and NVRTC and cuDNN,
 * which it opens by name. This version has no use for cuFFT. The provider's wheel is that of Python 3.12; nothing of Python is taken.
 */
export const linuxWheels: readonly Wheel[] = [
  {
    requirement: 'onnxruntime-gpu==1.30.0',
    file: 'onnxruntime_gpu-1.30.0-cp312-cp312-manylinux_2_28_x86_64.whl',
    bytes: 246_685_715,
    sha256: '6acc0f4b3d5ac5f2984432faa59dd8fcce6775f8b43a7140afa0f322c7a703b1',
    libraries: [
      { path: 'onnxruntime/capi/libonnxruntime_providers_cuda.so', bytes: 272_049_904 },
      { path: 'onnxruntime/capi/libonnxruntime_providers_shared.so', bytes: 14_632 }
    ]
  },
  {
    requirement: 'nvidia-cuda-runtime==13.0.96',
    file: 'nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    bytes: 2_243_632,
    sha256: '7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548',
    libraries: [{ path: `${cuda}/libcudart.so.13`, bytes: 704_288 }]
  },
  {
    requirement: 'nvidia-cublas==13.1.1.3',
    file: 'nvidia_cublas-13.1.1.3-py3-none-manylinux_2_27_x86_64.whl',
    bytes: 423_138_758,
    sha256: '37936a16db8fe4ac1f065c2139360608a543a09275cb1a1af612e08cfa065436',
    libraries: [
      { path: `${cuda}/libcublas.so.13`, bytes: 54_177_976 },
      { path: `${cuda}/libcublasLt.so.13`, bytes: 541_607_888 }
    ]
  },
  {
    requirement: 'nvidia-curand==10.4.0.35',
    file: 'nvidia_curand-10.4.0.35-py3-none-manylinux_2_27_x86_64.whl',
    bytes: 59_544_258,
    sha256: '1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc',
    libraries: [{ path: `${cuda}/libcurand.so.10`, bytes: 132_698_328 }]
  },
  {
    requirement: 'nvidia-cuda-nvrtc==13.0.88',
    file: 'nvidia_cuda_nvrtc-13.0.88-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    bytes: 90_215_200,
    sha256: 'ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575',
    libraries: [
      { path: `${cuda}/libnvrtc.so.13`, bytes: 109_338_064 },
      { path: `${cuda}/libnvrtc-builtins.so.13.0`, bytes: 4_380_616 }
    ]
  },
  {
    requirement: 'nvidia-cudnn-cu13==9.20.0.48',
    file: 'nvidia_cudnn_cu13-9.20.0.48-py3-none-manylinux_2_27_x86_64.whl',
    bytes: 366_173_588,
    sha256: '0c45dd8eeb50b603f07995b1b300c62ffe6a1980482b82b3bcf94a4ca9d49304',
    libraries: [
      { path: `${cudnn}/libcudnn.so.9`, bytes: 129_240 },
      { path: `${cudnn}/libcudnn_adv.so.9`, bytes: 109_169_104 },
      { path: `${cudnn}/libcudnn_cnn.so.9`, bytes: 4_203_904 },
      { path: `${cudnn}/libcudnn_engines_precompiled.so.9`, bytes: 245_391_920 },
      { path: `${cudnn}/libcudnn_engines_runtime_compiled.so.9`, bytes: 29_386_664 },
      { path: `${cudnn}/libcudnn_graph.so.9`, bytes: 4_460_192 },
      { path: `${cudnn}/libcudnn_heuristic.so.9`, bytes: 60_822_040 },
      { path: `${cudnn}/libcudnn_ops.so.9`, bytes: 39_855_888 }
    ]
  }
]

/** Bytes to download, and bytes on disk afterwards. */
export function sizesOf(wheels: readonly Wheel[]): { fetched: number; unpacked: number } {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return {
    fetched: sum(wheels.map(({ bytes }) => bytes)),
    unpacked: sum(wheels.flatMap(({ libraries }) => libraries.map(({ bytes }) => bytes)))
  }
}
