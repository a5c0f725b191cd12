/** The canvas: React Flow over the document. What the hands do becomes commands here; what it means is decided elsewhere. */
import {
  Background,
  BackgroundVariant,
  type Connection,
  Controls,
  type Edge,
  type FinalConnectionState,
  type Node,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { type DragEvent, type MouseEvent, type ReactNode, useMemo, useRef } from 'react';
import { toast } from 'sonner';
import { clipOf } from '../../document/clipboard.ts';
import { withFramed } from '../../document/commands/frames.ts';
import { addNode, moveItems } from '../../document/commands/nodes.ts';
import { paste } from '../../document/commands/paste.ts';
import { setNote } from '../../document/commands/settings.ts';
import { addOnWire, connect, disconnect, insertOnWire, reconnect } from '../../document/commands/wires.ts';
import {
  type End,
  fittingPort,
  portKey,
  refusals,
  whyNotConnect,
  wiresThrough,
} from '../../document/graph.ts';
import { omit } from '../../document/ids.ts';
import { openBlock } from '../../session/navigate.ts';
import { DRAGGED_KIND, type LooseEnd } from '../../session/session.ts';
import { useDocument, useSession, useWorkbench } from '../../session/workbench.ts';
import { Breadcrumb } from './Breadcrumb.tsx';
import styles from './Canvas.module.css';
import { CanvasMap } from './CanvasMap.tsx';
import { CanvasMenu } from './CanvasMenu.tsx';
import { foldEdgeChanges, foldNodeChanges } from './changes.ts';
import { createFlowView } from './flow.ts';
import { LayerNode } from './LayerNode.tsx';
import { heightOf } from './layout.ts';
import { NoteNode } from './NoteNode.tsx';
import { FAR_ZOOM, GRID, MIDDLE_ZOOM, NODE_WIDTH, nodeHeight } from './node-metrics.ts';
import { FIT_PADDING, useCanvasControls } from './useCanvasControls.ts';
import { Wire } from './Wire.tsx';
import { WiringHint } from './WiringHint.tsx';
import { wireUnder } from './wire-under.ts';

const nodeTypes = { layer: LayerNode, note: NoteNode };
const edgeTypes = { wire: Wire };
/** How long the pointer rests on a node before its ways light up, in milliseconds. */
const REST = 350;
const snapGrid: [number, number] = [GRID, GRID];

export function Canvas({ children }: { readonly children?: ReactNode }) {
  const workbench = useWorkbench();
  const { document, session } = workbench;
  const doc = useDocument((s) => s.level);
  const selection = useSession((s) => s.selection);
  const zoom = useStore((s) => zoomName(s.transform[2]));
  const flow = useReactFlow();
  const view = useMemo(createFlowView, []);
  const { nodes, edges } = view(doc, selection);
  const gesture = useRef({ number: 0, isDragging: false });
  const lighting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const rerouted = useRef<string | null>(null);
  const escaped = useRef(false);
  const box = useRef<HTMLDivElement>(null);
  useCanvasControls(box);
  const run = document.getState().run;

  function quickAdd(event: { clientX: number; clientY: number }, loose: LooseEnd | null): void {
    const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    session.setState({
      quickAdd: { position: [x, y], at: [event.clientX, event.clientY], loose, wire: null },
    });
  }

  function startWiring(loose: LooseEnd): void {
    const { level: doc } = document.getState();
    // A wire that is being re-routed is not in its own way.
    const wires = rerouted.current === null ? doc.wires : omit(doc.wires, [rerouted.current]);
    session.setState({ wiring: { loose, refusals: refusals({ ...doc, wires }, loose) } });
  }

  function endWiring(event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState): void {
    const { wiring } = session.getState();
    escaped.current = wiring === null;
    session.setState({ wiring: null });
    if (!wiring || state.isValid) return;
    const { loose } = wiring;
    const at = 'changedTouches' in event ? event.changedTouches[0] : event;
    if (!at) return;
    if (state.toNode?.type !== 'layer') {
      if (rerouted.current === null) quickAdd(at, loose); // else `onReconnectEnd` cuts it
      return;
    }
    if (state.toNode.id === loose.node && !state.toHandle) return; // let go where it began
    const { level: doc } = document.getState();
    const other: End = { node: state.toNode.id, port: state.toHandle?.id ?? '' };
    const port = state.toHandle ? null : fittingPort(doc, loose, other.node);
    const end = { node: other.node, port: port ?? '' };
    if (port !== null && rerouted.current !== null) run(reroute(rerouted.current, loose, end));
    else if (port !== null) run(join(loose, end));
    else toast.warning('These do not fit together', { description: refusalOf(loose, other) });
  }

  /** Why the whole node (or the port that was hit) does not take the loose end. */
  function refusalOf(loose: LooseEnd, other: End): string {
    const { level: doc } = document.getState();
    const side = loose.side === 'from' ? 'to' : 'from';
    if (other.port !== '') {
      return loose.side === 'from'
        ? (whyNotConnect(doc, loose, other) ?? 'A wire runs from an output to an input.')
        : (whyNotConnect(doc, other, loose) ?? 'A wire runs from an output to an input.');
    }
    const all = [...refusals(doc, loose)].find(([key]) => key.startsWith(portKey(other.node, side, '')));
    return all?.[1] ?? `${doc.nodes[other.node]?.name ?? 'This node'} has no port on that side.`;
  }

  /** Where a node of this kind would lie if it were dropped at the pointer. */
  function dropOnCanvas(event: DragEvent): void {
    const kind = event.dataTransfer.getData(DRAGGED_KIND);
    if (kind === '') return; // a file: the app takes it
    event.preventDefault();
    event.stopPropagation();
    const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const snap = (v: number): number => Math.round(v / GRID) * GRID;
    const position = [snap(x - NODE_WIDTH / 2), snap(y - 24)] as const;
    const area = { x: position[0], y: position[1], width: NODE_WIDTH, height: nodeHeight(1) };
    const under = wireUnder(document.getState().level, area, null);
    run(under === null ? addNode({ kind, position }) : addOnWire({ kind, position }, under));
  }

  /** The ways through a node light up once the pointer rests on it. */
  function light(id: string | null): void {
    clearTimeout(lighting.current);
    if (id === null) session.setState({ lit: null });
    else
      lighting.current = setTimeout(
        () => session.setState({ lit: wiresThrough(document.getState().level, id) }),
        REST,
      );
  }

  /** A drag that ends with Alt held copies: what was dragged goes back, with its wires, and a copy lies where it was dropped. */
  function leaveCopy(): void {
    const { level, past, cancel } = document.getState();
    const key = past.at(-1)?.mergeKey;
    const clip = clipOf(level, session.getState().selection);
    const corners = [...Object.values(clip.nodes), ...Object.values(clip.notes)].map((item) => item.position);
    if (key?.startsWith('move:') !== true || corners.length === 0) return;
    const at = [Math.min(...corners.map(([x]) => x)), Math.min(...corners.map(([, y]) => y))] as const;
    cancel(key);
    run(paste(clip, at, 'copy'));
  }

  function endDrag(node: Node): void {
    const { level: doc } = document.getState();
    const isWired = Object.values(doc.wires).some((w) => w.from[0] === node.id || w.to[0] === node.id);
    const isAlone = session.getState().selection.nodes.size <= 1;
    if (isWired || !isAlone || !doc.nodes[node.id]) return;
    const { x, y } = node.position;
    const area = { x: x + 24, y, width: NODE_WIDTH - 48, height: heightOf(doc, node.id) };
    const under = wireUnder(doc, area, node.id);
    if (under !== null) run(insertOnWire(node.id, under));
  }

  return (
    <CanvasMenu>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the palette's shortcut does the same from the keyboard */}
      <div
        ref={box}
        className={styles.canvas}
        data-zoom={zoom}
        onDragOver={(event) => event.preventDefault()}
        onDrop={dropOnCanvas}
        onDoubleClick={(event: MouseEvent) => {
          if (event.target instanceof Element && event.target.classList.contains('react-flow__pane'))
            quickAdd(event, null);
        }}
      >
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onNodesChange={(changes) => {
            const state = document.getState();
            const report = foldNodeChanges(state.level, session.getState().selection, changes);
            if (report.selection !== session.getState().selection)
              session.setState({ selection: report.selection });
            const wasDragging = gesture.current.isDragging;
            const key = report.dragging || wasDragging ? `move:${gesture.current.number}` : 'nudge';
            if (report.nodes.size + report.notes.size > 0)
              state.run(moveItems(withFramed(state.level, session.getState().selection, report), key));
            for (const [id, size] of report.sizes) {
              state.run(setNote(id, { size: [size[0], size[1]] }, `size:${id}:${gesture.current.number}`));
            }
            if (report.nodes.size + report.notes.size > 0) {
              gesture.current.isDragging = report.dragging;
              if (wasDragging && !report.dragging) gesture.current.number++;
            }
          }}
          onEdgesChange={(changes) => {
            const before = session.getState().selection;
            const after = foldEdgeChanges(before, changes);
            if (after !== before) session.setState({ selection: after });
          }}
          onNodeDoubleClick={(_, node) => openBlock(workbench, node.id)}
          onNodeMouseEnter={(_, node) => light(node.id)}
          onNodeMouseLeave={() => light(null)}
          onNodeDragStop={(event, node) => {
            if (event.altKey) leaveCopy();
            else endDrag(node);
          }}
          isValidConnection={(wire) => isFree(session.getState().wiring?.refusals, wire)}
          onConnectStart={(_, { nodeId, handleId, handleType }) => {
            if (nodeId === null || handleId === null) return;
            startWiring({ node: nodeId, port: handleId, side: handleType === 'target' ? 'to' : 'from' });
          }}
          onConnect={(wire) => {
            const ends = endsOf(wire);
            if (ends) run(connect(ends.from, ends.to));
          }}
          onConnectEnd={endWiring}
          onReconnectStart={(_, edge) => {
            rerouted.current = edge.id; // `onConnectStart` follows, with the end that stays
          }}
          onReconnect={(edge, wire) => {
            const ends = endsOf(wire);
            if (ends) run(reconnect(edge.id, ends.from, ends.to));
          }}
          onReconnectEnd={(_, edge, __, state) => {
            rerouted.current = null;
            if (!state.toNode && !escaped.current) run(disconnect([edge.id]));
          }}
          onEdgeClick={(event, edge) => {
            if (event.altKey) run(disconnect([edge.id]));
          }}
          onPaneClick={() => session.setState({ quickAdd: null })}
          snapToGrid
          snapGrid={snapGrid}
          connectionRadius={28}
          minZoom={0.05}
          maxZoom={2.5}
          zoomOnDoubleClick={false}
          deleteKeyCode={null}
          selectionMode={SelectionMode.Partial}
          multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
          fitView
          fitViewOptions={{ padding: FIT_PADDING, maxZoom: 1 }}
          onlyRenderVisibleElements={nodes.length > 120}
          proOptions={{ hideAttribution: true }}
          ariaLabelConfig={{ 'controls.ariaLabel': 'Zoom' }}
        >
          <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} color="var(--dots)" />
          <Controls position="bottom-left" showInteractive={false} className={styles.controls ?? ''} />
          <CanvasMap />
          <Breadcrumb />
          <WiringHint />
          {children}
        </ReactFlow>
        {nodes.length === 0 ? (
          <p className={styles.empty}>
            Drag a layer here, double-click, or press <kbd>Space</kbd>
          </p>
        ) : null}
      </div>
    </CanvasMenu>
  );
}

function join(loose: LooseEnd, end: End) {
  return loose.side === 'from' ? connect(loose, end) : connect(end, loose);
}

/** How much of a node is worth its pixels. */
function zoomName(zoom: number): 'near' | 'middle' | 'far' {
  return zoom < FAR_ZOOM ? 'far' : zoom < MIDDLE_ZOOM ? 'middle' : 'near';
}

function reroute(wire: string, loose: LooseEnd, end: End) {
  return loose.side === 'from' ? reconnect(wire, loose, end) : reconnect(wire, end, loose);
}

function endsOf({ source, sourceHandle, target, targetHandle }: Connection): { from: End; to: End } | null {
  if (sourceHandle === null || targetHandle === null) return null;
  return { from: { node: source, port: sourceHandle }, to: { node: target, port: targetHandle } };
}

function isFree(refused: ReadonlyMap<string, string> | undefined, wire: Edge | Connection): boolean {
  const from = portKey(wire.source, 'from', wire.sourceHandle ?? '');
  const to = portKey(wire.target, 'to', wire.targetHandle ?? '');
  // One of the two is the loose end itself, which is on the refused side by definition: only the other one counts.
  return refused !== undefined && (!refused.has(to) || !refused.has(from)); // Escape has ended a drag without any
}
