/** Element types of tensors. Masks are f32 with 1 for true: they multiply and average like anything else. */
export type DType = 'f32' | 'i32' | 'u32';

/** Every element type takes one 32-bit word on the GPU. */
export const bytesPerElement = 4;
