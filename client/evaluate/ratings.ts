import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../contract/failures.js';
import type { Rating } from '../../core/rating/agreement.js';

const ratingSchema = z.object({
  rater: z.string(),
  pair: z.string(),
  problemId: z.string(),
  choice: z.enum(['a', 'b', 'tie']),
});

/** The answers in a file, none where it is not there yet. @throws InputError that names a line that is none */
export const readRatings = async (path: string): Promise<Rating[]> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line, at): Rating[] => {
    if (line.trim() === '') return [];
    try {
      return [ratingSchema.parse(JSON.parse(line))];
    } catch (cause) {
      throw new InputError(`${path}:${at + 1}: no rating`, { cause });
    }
  });
};

/** Adds an answer; it is on disk when this returns. */
export const appendRating = async (path: string, rating: Rating): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `${JSON.stringify(rating)}\n`, { flush: true });
};
