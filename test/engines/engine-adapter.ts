import type { ObjectStore } from '../../activities/ports.js';
import type { Digest } from '../../contract/digest.js';
import { canonicalJson } from '../../core/canonical-json.js';

/** One tensor file as safetensors writes it: header length (8 bytes, little-endian), JSON header, values. */
const safetensors = (tensors: Record<string, { shape: [number, number]; values: Float32Array }>): Buffer => {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { shape, values }]) => {
    const start = end;
    end += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const values = Object.values(tensors).map(({ values }) => Buffer.from(values.buffer));
  return Buffer.concat([length, header, ...values]);
};

const waves = (count: number, step: number, height: number): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => height * Math.sin(index * step + step));

/** Stores an adapter that changes the base's answers for certain: strong waves on every layer's gate. Its tree's digest. */
export const randomAdapter = async (store: ObjectStore): Promise<Digest> => {
  const layers = Array.from({ length: 30 }, (_, layer) => `base_model.model.model.layers.${layer}.mlp.gate_proj`);
  const tensors = Object.fromEntries(
    layers.flatMap((name, layer) => [
      [`${name}.lora_A.weight`, { shape: [2, 576] as [number, number], values: waves(2 * 576, 0.7 + layer, 0.2) }],
      [`${name}.lora_B.weight`, { shape: [1536, 2] as [number, number], values: waves(2 * 1536, 1.3 + layer, 0.2) }],
    ]),
  );
  const config = { peft_type: 'LORA', task_type: 'CAUSAL_LM', r: 2, lora_alpha: 4, target_modules: ['gate_proj'] };
  const contents = { 'adapter_config.json': JSON.stringify(config), 'adapter_model.safetensors': safetensors(tensors) };
  const files = await Promise.all(
    Object.entries(contents).map(async ([path, bytes]) => ({
      path,
      digest: await store.put(bytes),
      bytes: Buffer.byteLength(bytes),
    })),
  );
  return store.put(canonicalJson({ files }));
};
