import type { AppState, InstanceState, QueueState, StoreState, SystemState } from '../live/model';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Layout {
  width: number;
  height: number;
  clients: Box;
  edge: Box;
  /** The number of columns of the edge's figures. */
  edgeColumns: number;
  apps: AppBox[];
  stores: { store: StoreState; box: Box; lines: string[] }[];
  /** The lines along which requests go, from top to bottom. */
  links: Link[];
}

export interface AppBox {
  app: AppState;
  box: Box;
  instances: { instance: InstanceState; box: Box }[];
  queues: { queue: QueueState; box: Box }[];
  /** The part that shows who takes the messages; null for an app without queues. */
  workers: Box | null;
}

export interface Link {
  key: string;
  path: string;
  /** The instance or the app that the requests go to; null for all. */
  app: AppState | null;
  instance: InstanceState | null;
}

export const sizes = {
  gap: 12, between: 34, padding: 10, gutter: 16, clients: 46, edgeHead: 28, figure: 38, figureWidth: 106, groupHead: 24,
  instance: 128, instanceWidth: 152, widestInstance: 300, queuesHead: 20, queue: 22, workers: 30, store: 58, storeWidth: 150, empty: 46,
} as const;

/** The number of figures that the edge shows. */
export const edgeFigures = 6;

/** The average width of a character of the small text, in pixels. The widths only decide where text is broken. */
const characterWidth = 6.4;

/**
 * Places the parts of a system for a width in pixels, from top to bottom: clients, edge, apps with their instances, queues and workers, and
 * stores. Text is not scaled: a narrow picture is higher instead.
 */
export function layOut(system: SystemState, width: number): Layout {
  const { between } = sizes;
  const clients = { x: 0, y: 0, width, height: sizes.clients };
  // Rows of equal length: 6, 3, 2 or 1.
  const edgeColumns = [6, 3, 2].find((columns) => columns * sizes.figureWidth <= width - 2 * sizes.padding) ?? 1;
  const edge = {
    x: 0, y: bottom(clients) + between, width, height: sizes.edgeHead + Math.ceil(edgeFigures / edgeColumns) * sizes.figure + sizes.padding,
  };
  const { apps, rows } = placeApps(system.apps, width, bottom(edge) + between);
  const end = Math.max(...apps.map(({ box }) => bottom(box)), bottom(edge));
  const stores = placeStores(system.stores, width, end + between);
  const height = Math.max(...stores.map(({ box }) => bottom(box)), end) + 2;
  return { width, height, clients, edge, edgeColumns, apps, stores, links: links(clients, edge, apps, rows, stores.map(({ box }) => box)) };
}

function placeApps(apps: readonly AppState[], width: number, top: number): { apps: AppBox[]; rows: AppBox[][] } {
  // If the apps need several rows, lines beside the boxes lead to the lower rows.
  const fits = sum(apps.map((app) => groupWidth(columnsOf(app, width)))) + sizes.gap * (apps.length - 1) <= width;
  const left = fits ? 0 : sizes.gutter;
  const available = width - 2 * left;
  const rows: AppState[][] = [];
  let used = Infinity;
  for (const app of apps) {
    const needed = groupWidth(columnsOf(app, available));
    if (used + sizes.gap + needed > available) {
      rows.push([]);
      used = -sizes.gap;
    }

    rows.at(-1)!.push(app);
    used += sizes.gap + needed;
  }

  let y = top;
  const placed = rows.map((row) => {
    // The groups of a row share the free space in proportion to their columns, and have the same height.
    const columns = row.map((app) => columnsOf(app, available));
    const free = available - sizes.gap * (row.length - 1);
    let x = left;
    const groups = row.map((app, index) => {
      const share = free * columns[index]! / sum(columns);
      const group = placeApp(app, { x, y, width: share }, columns[index]!);
      x += share + sizes.gap;
      return group;
    });
    const height = Math.max(...groups.map(({ box }) => box.height));
    groups.forEach(({ box }) => { box.height = height; });
    y += height + sizes.between;
    return groups;
  });
  return { apps: placed.flat(), rows: placed };
}

function columnsOf(app: AppState, width: number): number {
  const most = Math.max(1, Math.floor((width - 2 * sizes.padding + sizes.gap) / (sizes.instanceWidth + sizes.gap)));
  const count = Math.max(1, app.instances.length);
  // Five instances on at most four columns need two rows anyway, so they become three and two.
  return count <= most ? count : Math.ceil(count / Math.ceil(count / most));
}

const groupWidth = (columns: number): number => columns * (sizes.instanceWidth + sizes.gap) - sizes.gap + 2 * sizes.padding;

function placeApp(app: AppState, { x, y, width }: Omit<Box, 'height'>, columns: number): AppBox {
  const inner = { x: x + sizes.padding, width: width - 2 * sizes.padding };
  // One instance is not stretched over the whole width, but stands in the middle.
  const boxWidth = Math.min((inner.width - sizes.gap * (columns - 1)) / columns, sizes.widestInstance);
  const left = inner.x + (inner.width - columns * boxWidth - sizes.gap * (columns - 1)) / 2;
  const top = y + sizes.groupHead;
  const instances = app.instances.map((instance, index) => ({
    instance,
    box: {
      x: left + (index % columns) * (boxWidth + sizes.gap),
      y: top + Math.floor(index / columns) * (sizes.instance + sizes.gap),
      width: boxWidth,
      height: sizes.instance,
    },
  }));
  let end = instances.length > 0 ? bottom(instances.at(-1)!.box) : top + sizes.empty;
  const queues: AppBox['queues'] = [];
  // Each queue has a poison queue, which is almost always empty, and then would only take space.
  const shown = app.queues.filter(({ name, length }) => length > 0 || !name.endsWith('-poison'));
  let workers: Box | null = null;
  if (app.queues.length > 0) {
    end += sizes.queuesHead;
    for (const queue of shown) {
      const box = { ...inner, y: end, height: sizes.queue };
      queues.push({ queue, box });
      end = bottom(box);
    }

    workers = { ...inner, y: end + 4, height: sizes.workers };
    end = bottom(workers);
  }

  return { app, box: { x, y, width, height: end + sizes.padding - y }, instances, queues, workers };
}

function placeStores(stores: readonly StoreState[], width: number, top: number): Layout['stores'] {
  const columns = Math.max(1, Math.min(stores.length, Math.floor((width + sizes.gap) / (sizes.storeWidth + sizes.gap))));
  const boxWidth = (width - sizes.gap * (columns - 1)) / columns;
  return stores.map((store, index) => ({
    store,
    box: {
      x: (index % columns) * (boxWidth + sizes.gap),
      y: top + Math.floor(index / columns) * (sizes.store + sizes.gap),
      width: boxWidth,
      height: sizes.store,
    },
    lines: wrap(store.name, Math.floor((boxWidth - 2 * sizes.padding) / characterWidth)).slice(0, 2),
  }));
}

function links(clients: Box, edge: Box, apps: readonly AppBox[], rows: readonly AppBox[][], stores: readonly Box[]): Link[] {
  const all: Link[] = [{ key: 'clients', path: `M${middle(clients)} ${bottom(clients)}V${edge.y}`, app: null, instance: null }];
  const hasOneRow = rows.length === 1 && new Set(apps.flatMap(({ instances }) => instances.map(({ box }) => box.y))).size <= 1;
  if (hasOneRow) {
    for (const { app, box, instances } of apps) {
      for (const { instance, box: target } of instances) {
        all.push({ key: instance.name, path: curve(middle(edge), bottom(edge), middle(target), target.y), app, instance });
      }

      if (instances.length === 0) {
        all.push({ key: app.name, path: curve(middle(edge), bottom(edge), middle(box), box.y), app, instance: null });
      }
    }
  } else {
    rows.forEach((row, index) => {
      for (const { app, box } of row) {
        const path = index === 0
          ? curve(middle(edge), bottom(edge), middle(box), box.y)
          : `M${sizes.gutter / 2} ${bottom(edge)}V${box.y - sizes.between / 2}H${middle(box)}V${box.y}`;
        all.push({ key: app.name, path, app, instance: null });
      }
    });
  }

  // Every app uses the stores, so one line leads there from each column of apps.
  rows.forEach((row, index) => {
    for (const { app, box } of row) {
      const target = stores.length === 0 ? null : Math.min(...stores.map(({ y }) => y));
      if (target !== null) {
        const path = index === rows.length - 1
          ? `M${middle(box)} ${bottom(box)}V${target}`
          : `M${middle(box)} ${bottom(box)}v${sizes.between / 2 - 6}H${edge.width - sizes.gutter / 2}V${target}`;
        all.push({ key: `${app.name} to stores`, path, app, instance: null });
      }
    }
  });
  return all;
}

function curve(x1: number, y1: number, x2: number, y2: number): string {
  const y = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${y} ${x2} ${y} ${x2} ${y2}`;
}

/** Breaks a text between words into lines of at most so many characters. A longer word is not broken. */
export function wrap(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }

  return lines;
}

const bottom = ({ y, height }: Box): number => y + height;
const middle = ({ x, width }: Box): number => x + width / 2;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
