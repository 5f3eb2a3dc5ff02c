import type { Manifest } from '../../contract/manifest.js';

/** A thing that was made or used. `digest` names its object, where it is one. */
export interface LineageNode {
  id: string;
  kind: 'data' | 'model' | 'samples' | 'verdicts' | 'training' | 'score' | 'row';
  label: string;
  digest?: string;
}

/** Something went into something. */
export interface LineageEdge {
  from: string;
  to: string;
}

export interface LineageGraph {
  nodes: LineageNode[];
  edges: LineageEdge[];
}

type Content = Manifest['content'];
type Model = Content['base'];

const modelNode = (model: Model): LineageNode => ({
  id: `model ${model.digest}`,
  kind: 'model',
  label: model.tuned ? `adapter ${model.model}` : `base ${model.model}`,
  digest: model.adapter ?? model.digest,
});

/** Ids of what a draw of a link brought: `samples round-2/train` and `verdicts round-2/train`. */
export const drawIds = (content: Pick<Content, 'kind' | 'round'>, name: string) => {
  const link = content.kind === 'round' ? `round-${content.round}` : content.kind;
  return { samples: `samples ${link}/${name}`, verdicts: `verdicts ${link}/${name}`, score: `score ${link}/${name}` };
};

/** A campaign's graph, from its manifests: data, models, samples, verdicts, training sets and scores. */
export const lineageOf = (contents: readonly Content[]): LineageGraph => {
  const nodes = new Map<string, LineageNode>();
  const edges = new Map<string, LineageEdge>();
  const add = (node: LineageNode): string => {
    if (!nodes.has(node.id)) nodes.set(node.id, node);
    return node.id;
  };
  const join = (from: string, to: string): void => {
    edges.set(`${from}\n${to}`, { from, to });
  };
  const dataset = contents.find((content) => content.dataset)?.dataset;
  const data = (label: string, ref: { digest: string; rows: number }): string => {
    const id = add({
      id: `data ${ref.digest}`,
      kind: 'data',
      label: `${label} (${ref.rows} rows)`,
      digest: ref.digest,
    });
    if (dataset && dataset.digest !== ref.digest) join(data('data set', dataset), id);
    return id;
  };
  for (const content of contents) {
    const draw = (name: string, rows: number, model: Model, problems: Content['problems']): string => {
      const ids = drawIds(content, name);
      const samples = add({ id: ids.samples, kind: 'samples', label: `${ids.samples} (${rows})` });
      const verdicts = add({ id: ids.verdicts, kind: 'verdicts', label: `${ids.verdicts} (${rows})` });
      join(add(modelNode(model)), samples);
      if (problems) join(data(`tasks of ${name}`, problems.tasks), samples);
      if (problems) join(data(`traces of ${name}`, problems.traces), samples);
      join(samples, verdicts);
      return verdicts;
    };
    const rowsOf = (shards: Content['shards']): number => shards.reduce((sum, { samples }) => sum + samples.rows, 0);
    if (content.filter) {
      const verdicts = draw('filter', rowsOf(content.filter), content.base, undefined);
      if (content.problems) join(verdicts, data('tasks of train', content.problems.tasks));
    }
    const train =
      content.shards.length > 0
        ? draw('train', rowsOf(content.shards), content.sampledFrom ?? content.base, content.problems)
        : undefined;
    if (content.training && train) {
      const id = `training round-${content.round}`;
      const { digest, rows } = content.training;
      add({ id, kind: 'training', label: `training set of round ${content.round} (${rows})`, digest });
      join(train, id);
      if (content.produced) {
        join(id, add(modelNode(content.produced)));
        join(add(modelNode(content.base)), modelNode(content.produced).id);
      }
    }
    for (const { name, model, problems, shards, score } of content.evaluations) {
      const verdicts = draw(name, rowsOf(shards), model, problems);
      const first = score.passAtK.find(({ k }) => k === 1);
      const value = first && 'mean' in first ? `, pass@1 ${(100 * first.mean).toFixed(1)}` : '';
      const { score: id } = drawIds(content, name);
      join(verdicts, add({ id, kind: 'score', label: `${id}${value}`, digest: score.score }));
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
};

const reach = (start: string, edges: readonly LineageEdge[], from: 'from' | 'to'): Set<string> => {
  const to = from === 'from' ? 'to' : 'from';
  const found = new Set<string>([start]);
  for (const id of found) for (const edge of edges) if (edge[from] === id) found.add(edge[to]);
  return found;
};

/** What a thing came from and what it influenced, itself included; the rest of the graph is left out. */
export const around = (graph: LineageGraph, id: string): LineageGraph & { up: string[]; down: string[] } => {
  const up = reach(id, graph.edges, 'to');
  const down = reach(id, graph.edges, 'from');
  const within = (set: Set<string>) => (edge: LineageEdge) => set.has(edge.from) && set.has(edge.to);
  return {
    nodes: graph.nodes.filter((node) => up.has(node.id) || down.has(node.id)),
    edges: graph.edges.filter((edge) => within(up)(edge) || within(down)(edge)),
    up: graph.nodes.filter((node) => node.id !== id && up.has(node.id)).map((node) => node.id),
    down: graph.nodes.filter((node) => node.id !== id && down.has(node.id)).map((node) => node.id),
  };
};
