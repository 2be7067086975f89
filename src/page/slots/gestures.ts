import type { SlotsView } from "./slots-view.ts";

/** Pixels that a pointer may move and still be a click. */
const STILL = 4;

/** What gestures tell of beside moving the view. */
export interface Heard {
  /** The pointer rests at this place of the canvas; undefined when it has left. */
  point(place: { readonly x: number; readonly y: number } | undefined): void;
  click(x: number, y: number): void;
}

/**
 * Has a view be moved by pointers and wheel: a drag moves it, two fingers zoom; the wheel zooms with Ctrl, and sideways it moves. The plain wheel
 * scrolls, as everywhere.
 *
 * @returns what undoes it
 */
export function listenToGestures(
  canvas: HTMLCanvasElement,
  scroller: HTMLElement,
  view: SlotsView,
  heard: Heard,
): () => void {
  const fingers = new Map<number, { readonly x: number; readonly y: number }>();
  let way = 0;
  const place = ({ clientX, clientY }: MouseEvent): { x: number; y: number } => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };

  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    way = fingers.size === 1 ? 0 : Infinity;
  };
  const move = (event: PointerEvent): void => {
    const at = place(event);
    const before = fingers.get(event.pointerId);
    if (before === undefined) {
      heard.point(at);
      return;
    }
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, at);
    if (other !== undefined) {
      const [old, now] = [Math.abs(before.x - other.x), Math.abs(at.x - other.x)];
      if (old > 8 && now > 8) view.zoom(old / now, (at.x + other.x) / 2);
      return;
    }
    way += Math.abs(at.x - before.x) + Math.abs(at.y - before.y);
    if (way <= STILL) return;
    heard.point(undefined);
    view.drag(at.x - before.x);
    if (event.pointerType === "mouse") scroller.scrollTop -= at.y - before.y;
  };
  const up = (event: PointerEvent): void => {
    const at = fingers.get(event.pointerId);
    if (at === undefined) return;
    fingers.delete(event.pointerId);
    if (event.type === "pointerup" && way <= STILL && fingers.size === 0) heard.click(at.x, at.y);
  };
  const leave = (): void => heard.point(undefined);
  const wheel = (event: WheelEvent): void => {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const pixels = Math.max(-200, Math.min(200, event.deltaY * unit));
      view.zoom(Math.exp(pixels / 240), place(event).x);
      return;
    }
    const aside = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (Math.abs(aside) <= Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
    event.preventDefault();
    view.drag(-aside * unit);
  };

  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("wheel", wheel, { passive: false });
  return () => {
    canvas.removeEventListener("pointerdown", down);
    canvas.removeEventListener("pointermove", move);
    canvas.removeEventListener("pointerup", up);
    canvas.removeEventListener("pointercancel", up);
    canvas.removeEventListener("pointerleave", leave);
    canvas.removeEventListener("wheel", wheel);
  };
}
