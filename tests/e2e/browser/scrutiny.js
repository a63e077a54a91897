// Find what is unfit for people on a page, or in the dialog on top of it; evaluated in the page by scrutiny.py.
async (what) => {
  const top = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  const named = ["aria-label", "placeholder", "title", "alt"];
  const shown = (each) => each.checkVisibility({ visibilityProperty: true });
  // A link that is stretched over the row around it is as large as that.
  const place = (each) => (getComputedStyle(each, "::after").position === "absolute" ? each.offsetParent : each);
  const said = (each) => `<${each.tagName.toLowerCase()}> ${each.ariaLabel ?? each.innerText ?? ""}`.slice(0, 60);
  const controls = () =>
    [...top.querySelectorAll("a[href], button, input, select, textarea, summary")]
      // The link that skips to the content is seen only by who comes to it by keyboard.
      .filter((each) => shown(each) && !each.matches('[href="#content"]'))
      // What is pressed is the label around it.
      .map((each) => (each.matches("[type=radio], [type=checkbox]") ? (each.closest("label") ?? each) : each));
  const finds = {
    /** All that is said, to be read elsewhere. */
    words: () => [
      document.title,
      document.body.innerText,
      ...[...document.querySelectorAll(named.map((name) => `[${name}]`).join())].flatMap((each) =>
        named.map((name) => each.getAttribute(name) ?? ""),
      ),
    ],
    /** Each is a finger wide and tall; a link within a sentence is as tall as its line. */
    small: () =>
      controls()
        .filter((each) => getComputedStyle(each).display !== "inline")
        .map((each) => [each, place(each).getBoundingClientRect()])
        .filter(([, box]) => box.width < 43.5 || box.height < 43.5)
        .map(([each, box]) => `${said(each)}: ${Math.round(box.width)} × ${Math.round(box.height)}`),
    /** Each can be brought into sight, and nothing lies over it then. */
    covered: () =>
      controls().flatMap((each) => {
        each.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
        const box = each.getClientRects()[0];
        const hit = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        // A list that was opened lies over what follows, until something is chosen.
        return hit && (each.contains(hit) || hit.contains(each) || hit.closest("[role=listbox]")) ? [] : [`${said(each)} under ${hit && said(hit)}`];
      }),
    /** Each shows that it has the focus, all around, whatever cuts off what is inside it. */
    ringless: () => {
      const before = document.activeElement;
      const found = [...top.querySelectorAll("a[href], button:enabled, input:enabled, select, textarea, summary")]
        .filter((each) => shown(each) && !each.matches('[href="#content"]'))
        .flatMap((each) => {
          // Whoever came by mouse would see none.
          each.blur();
          each.focus({ focusVisible: true });
          // Some show it around all that belongs to them.
          let ring = each.offsetWidth > 1 ? each : each.closest("label");
          while (ring && getComputedStyle(ring).outlineStyle === "none") ring = ring.parentElement;
          if (!ring || document.activeElement !== each) return [`${said(each)} without a ring`];
          ring.scrollIntoView({ block: "center", behavior: "instant" });
          const style = getComputedStyle(ring);
          const out = Number.parseFloat(style.outlineOffset) + Number.parseFloat(style.outlineWidth);
          const box = ring.getBoundingClientRect();
          for (let over = ring.parentElement; over && over !== document.body; over = over.parentElement) {
            const edge = over.getBoundingClientRect();
            const { overflowX, overflowY } = getComputedStyle(over);
            const beside = overflowX !== "visible" && (box.left - out < edge.left - 1 || box.right + out > edge.right + 1);
            const above = overflowY !== "visible" && (box.top - out < edge.top - 1 || box.bottom + out > edge.bottom + 1);
            if ((beside || above) && box.height + 2 * out < edge.height) return [`${said(each)} with half a ring`];
          }
          return [];
        });
      if (before === document.body) document.activeElement?.blur();
      else before?.focus();
      return found;
    },
    /** Text that goes beyond what holds it, and is cut there. */
    cut: () =>
      [...top.querySelectorAll("*")]
        .filter((each) => shown(each) && each.clientWidth > 1 && !each.matches("input, select, textarea, svg *"))
        .filter((each) => ["hidden", "clip"].includes(getComputedStyle(each).overflowX))
        .filter((each) => each.scrollWidth > each.clientWidth + 1)
        .map(said),
  };
  // What hangs on the size of the window follows it a frame later.
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const found = finds[what]();
  if (what === "covered") scrollTo(0, 0);
  return found;
};
