/** Keep the focus on the page: what had it may go away, and whoever uses the keys or listens must not begin anew. */

export function keepFocus(): () => void {
  let path: Element[] = [];
  function remember(event: FocusEvent): void {
    path = event.composedPath().filter((each) => each instanceof Element);
  }
  function mend(): void {
    if (document.activeElement !== document.body || path[0]?.isConnected !== false) return;
    const near = path.find((each) => each.isConnected && each.closest("main, dialog") !== null);
    const next = near ?? document.querySelector("dialog[open]") ?? document.getElementById("content");
    if (!(next instanceof HTMLElement)) return;
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
  }
  document.addEventListener("focusin", remember);
  const watching = new MutationObserver(mend);
  watching.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", remember);
    watching.disconnect();
  };
}
